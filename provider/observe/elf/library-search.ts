import type { Bytes } from "../../model/bytes";
import { directoryOf, type Host } from "./host-files";
import { expandLoaderPath, type Loader } from "./loader";
import type { Elf } from "./read-elf";

/** A file that a loader has in memory. */
export interface Loaded {
  /** The name that was asked for. */
  readonly name: Bytes;
  /** The path on the host by which it was found. */
  readonly path: Bytes;
  /** The same path with no link in it. */
  readonly real: Bytes;
  readonly elf: Elf;
  readonly found: Found;
  /** The file that needs it; absent for the program. */
  readonly by?: Loaded;
}

/** The rule that found a file: by a path, in a directory that a file names, or in a directory that the loader knows. */
type Found =
  | { readonly rule: "path" }
  | { readonly rule: "searched"; readonly origin?: Loaded }
  | { readonly rule: "known" };

/** A path that may have the library. */
export interface Candidate {
  readonly path: Bytes;
  readonly found: Found;
}

/**
 * The places where a loader looks for a needed library, in its order (ld.so(8); musl, ldso/dynlink.c). A later list is for
 * libraries that no earlier list has. Variants for some processors (glibc-hwcaps) are left out: the plain library runs on all.
 */
export function libraryCandidates(name: Bytes, by: Loaded, loader: Loader, host: Host): Candidate[][] {
  if (name.includes("/")) {
    const path = expandLoaderPath(name, originOf(by), loader.lib);
    return path === undefined ? [] : [[{ path, found: { rule: "path" } }]];
  }
  const named = searched(by, loader).flatMap(({ directory, of }) => {
    const path = expandLoaderPath(directory, originOf(of), loader.lib);
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

/** The directories that files name. An RPATH also covers the needs of its libraries, except of those with a RUNPATH. */
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

/** The kernel tells the real path of a program; the loader knows a library by the path at which it found it. */
function originOf(of: Loaded): Bytes {
  return directoryOf(of.by ? of.path : of.real);
}
