import type { ProgramProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";
import { type EntryPoint, entryPointsOf } from "./entry-points";
import { hintsFor } from "./hints";
import { contentOrProblem, type Host } from "./host-files";
import { layOutJail } from "./jail-layout";
import type { Wanted } from "./jail-paths";
import { type Loader, loaderAt, unknownLoader } from "./loader";
import { type Loading, simulateLoading } from "./loading";
import type { Elf } from "./read-elf";
import type { Closure, Problem, Role } from "./result";

/** An entry point that is an ELF file, with the declared binary that needs it. */
interface Program {
  readonly binary: string;
  readonly root: EntryPoint & { readonly content: Elf };
}

/**
 * The files that some binaries of a host need, or the paths to look at before that is known. Each look leads one level further
 * down, so the caller repeats until there are no more paths to ask for.
 */
export function closure(binaries: readonly string[], host: Host): { readonly ask: readonly Bytes[] } | Closure {
  const ask = new Set<Bytes>();
  const problems: Problem[] = [];
  const roots: { binary: string; root: EntryPoint }[] = [];
  const report = (binary: string, found: Pick<Loading, "ask" | "problems">) => {
    for (const path of found.ask) ask.add(path);
    problems.push(...found.problems.map((why) => ({ binary, why })));
  };
  for (const binary of new Set(binaries)) {
    const found = entryPointsOf(binary, host);
    report(binary, found);
    roots.push(...found.roots.map((root) => ({ binary, root })));
  }
  const programs = roots.filter((one): one is Program => "machine" in one.root.content);
  const loaders = new Map<Bytes, Loader>();
  for (const { binary, root } of programs) {
    const { interpreter } = root.content;
    if (interpreter === undefined) continue;
    const loader = loaderOf(interpreter, host);
    if ("problem" in loader) report(binary, { ask: [], problems: [loader] });
    else loaders.set(interpreter, loader);
    if (!host.files.has(interpreter)) ask.add(interpreter);
  }
  const wanted: (Wanted & { binary: string; role: Role })[] = [];
  for (const { binary, root } of programs) {
    if (root.content.kind === "static") continue;
    const loader = loaderFor(root.content, programs, loaders);
    if (loader === undefined) {
      // The missing loader of a program is reported already.
      if (root.content.interpreter === undefined)
        report(binary, { ask: [], problems: [{ problem: "loader-unknown" }] });
      continue;
    }
    const { path, content, file } = root;
    const program = { name: path, path, real: file.real, elf: content, found: { rule: "path" } } as const;
    const found = simulateLoading(program, loader, host);
    report(binary, found);
    for (const library of found.loaded.slice(1))
      wanted.push({ binary, library, loader, role: found.services.includes(library) ? "nss" : "library" });
  }
  if (ask.size > 0) return { ask: [...ask] };
  const declared = roots.map(({ root }) => root.path);
  const hints = hintsFor([...loaders.values()], wanted, declared, host);
  return layOutJail({ roots, loaders: [...loaders.values()], wanted, problems, hints }, host);
}

/** The loader that PT_INTERP names, or the reason why there is none. */
function loaderOf(path: Bytes, host: Host): Loader | ProgramProblem {
  const file = host.files.get(path);
  if (!path.startsWith("/") || path.includes("\n")) return { problem: "loader-path-unfit", loader: path };
  if (file === undefined) return unknownLoader(path);
  if (file === "absent") return { problem: "loader-missing", loader: path };
  const content = contentOrProblem(path, file, host);
  return "problem" in content
    ? { problem: "loader-unfit", loader: path, why: content }
    : loaderAt(path, file.real, host);
}

/** A declared library belongs to a program of the same kind. */
function loaderFor(elf: Elf, programs: readonly Program[], loaders: ReadonlyMap<Bytes, Loader>): Loader | undefined {
  const program = programs.find(
    ({ root: { content } }) =>
      content.interpreter !== undefined && content.machine === elf.machine && content.bits === elf.bits,
  );
  const path = elf.interpreter ?? program?.root.content.interpreter;
  return path === undefined ? undefined : loaders.get(path);
}
