import { type Bytes, show } from "../../model/bytes";
import { gather } from "./gather";
import { hintsFor } from "./hints";
import { type Host, usable } from "./host-files";
import { type Loader, loaderAt, unknownLoader } from "./loader";
import type { Wanted } from "./place";
import { type Started, started } from "./process";
import type { Elf } from "./read-elf";
import type { Closure, Problem, Role } from "./result";
import { type Root, rootsOf } from "./roots";

/** A root of a binary with the loader that starts it. */
interface Program {
  readonly binary: string;
  readonly root: Root & { readonly content: Elf };
}

/**
 * What some binaries of a host need, or the paths that have to be looked at before that can be told. Each answer to them
 * leads one level further down, so whoever looks at them asks again until there are none.
 */
export function closure(binaries: readonly string[], host: Host): { readonly ask: readonly Bytes[] } | Closure {
  const ask = new Set<Bytes>();
  const problems: Problem[] = [];
  const roots: { binary: string; root: Root }[] = [];
  const report = (binary: string, found: Pick<Started, "ask" | "problems">) => {
    for (const path of found.ask) ask.add(path);
    problems.push(...found.problems.map((why) => ({ binary, why })));
  };
  for (const binary of new Set(binaries)) {
    const found = rootsOf(binary, host);
    report(binary, found);
    roots.push(...found.roots.map((root) => ({ binary, root })));
  }
  const programs = roots.filter((one): one is Program => "machine" in one.root.content);
  const loaders = new Map<Bytes, Loader>();
  for (const { binary, root } of programs) {
    const { interpreter } = root.content;
    if (interpreter === undefined) continue;
    const loader = loaderOf(interpreter, host);
    if (typeof loader === "string") report(binary, { ask: [], problems: [loader] });
    else loaders.set(interpreter, loader);
    if (!host.files.has(interpreter)) ask.add(interpreter);
  }
  const wanted: (Wanted & { binary: string; role: Role })[] = [];
  for (const { binary, root } of programs) {
    if (root.content.kind === "static") continue;
    const loader = loaderFor(root.content, programs, loaders);
    if (loader === undefined) {
      // Why a program has none has been said.
      if (root.content.interpreter === undefined) report(binary, { ask: [], problems: [noLoader] });
      continue;
    }
    const { path, content, file } = root;
    const program = { name: path, path, real: file.real, elf: content, found: { rule: "path" } } as const;
    const found = started(program, loader, host);
    report(binary, found);
    for (const library of found.loaded.slice(1))
      wanted.push({ binary, library, loader, role: found.services.includes(library) ? "nss" : "library" });
  }
  if (ask.size > 0) return { ask: [...ask] };
  return gather(
    { roots, loaders: [...loaders.values()], wanted, problems, hints: hintsFor([...loaders.values()], wanted, host) },
    host,
  );
}

const noLoader = "is a library, and no program for it is declared that would say which loader looks for what it needs";

/** The loader that PT_INTERP names; a string is why there is none. */
function loaderOf(path: Bytes, host: Host): Loader | string {
  const file = host.files.get(path);
  const refused = (why: string) => `needs its loader ${show(path)}, which ${why}`;
  if (!path.startsWith("/") || path.includes("\n")) return refused("is no absolute path");
  if (file === undefined) return unknownLoader(path);
  if (file === "absent") return refused("is not on this host");
  const content = usable(path, file, host);
  return typeof content === "string" ? refused(content) : loaderAt(path, file.real, host);
}

/** A library that is declared is for a program of the same kind. */
function loaderFor(elf: Elf, programs: readonly Program[], loaders: ReadonlyMap<Bytes, Loader>): Loader | undefined {
  const program = programs.find(
    ({ root: { content } }) =>
      content.interpreter !== undefined && content.machine === elf.machine && content.bits === elf.bits,
  );
  const path = elf.interpreter ?? program?.root.content.interpreter;
  return path === undefined ? undefined : loaders.get(path);
}
