import type { Bytes } from "../../model/bytes";
import { directoryOf, type Host } from "./host-files";
import { expanded, type Loader } from "./loader";
import type { Elf } from "./read-elf";

/** A file that a loader has in memory. */
export interface Loaded {
  /** As it was asked for. */
  readonly name: Bytes;
  /** The path on the host by which it was found. */
  readonly path: Bytes;
  /** The same with no link in it. */
  readonly real: Bytes;
  readonly elf: Elf;
  readonly found: Found;
  /** What needs it; absent for the program. */
  readonly by?: Loaded;
}

/** By which rule something was found: by a path, in a directory that a file names, or where the loader itself looks. */
type Found =
  | { readonly rule: "path" }
  | { readonly rule: "searched"; readonly origin?: Loaded }
  | { readonly rule: "known" };

/** A path where a library may be. */
export interface Candidate {
  readonly path: Bytes;
  readonly found: Found;
}

/**
 * Where a loader looks for what a file needs, in its order (ld.so(8); musl, ldso/dynlink.c), as lists of which a later one
 * is for what is in none before. Variants for some processors (glibc-hwcaps) are left out: the plain one runs on all.
 */
export function candidates(name: Bytes, by: Loaded, loader: Loader, host: Host): Candidate[][] {
  if (name.includes("/")) {
    const path = expanded(name, originOf(by), loader.lib);
    return path === undefined ? [] : [[{ path, found: { rule: "path" } }]];
  }
  const named = searched(by, loader).flatMap(({ directory, of }) => {
    const path = expanded(directory, originOf(of), loader.lib);
    if (path === undefined) return [];
    const found: Found = /\$\{?ORIGIN/.test(directory) ? { rule: "searched", origin: of } : { rule: "searched" };
    return [{ path: `${path}/${name}` as Bytes, found }];
  });
  const known = (path: Bytes): Candidate => ({ path, found: { rule: "known" } });
  const cached = loader.kind === "glibc" ? (host.cache.get(name) ?? []) : [];
  return [
    [...named, ...cached.map(known)],
    loader.directories.map((directory) => known(`${directory}/${name}` as Bytes)),
  ];
}

/** The directories that files name: an RPATH holds for all that is needed below, but for what has a RUNPATH itself. */
function searched(by: Loaded, { kind }: Loader): { directory: Bytes; of: Loaded }[] {
  const found: { directory: Bytes; of: Loaded }[] = [];
  const add = (of: Loaded, directories: readonly Bytes[] = []) => {
    for (const directory of directories) found.push({ directory, of });
  };
  if (kind === "musl" || by.elf.runpath === undefined)
    for (let of: Loaded | undefined = by; of; of = of.by) {
      add(of, of.elf.rpath);
      if (kind === "musl") add(of, of.elf.runpath);
    }
  if (kind === "glibc") add(by, by.elf.runpath);
  return found;
}

/** The kernel tells where a program really is; of a library the loader knows the path by which it has found it. */
function originOf(of: Loaded): Bytes {
  return directoryOf(of.by ? of.path : of.real);
}
