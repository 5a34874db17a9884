import type { ProgramProblem } from "../../intent/program-problem";
import { type Bytes, bytesOf } from "../../model/bytes";
import { contentOrProblem, type Host, type HostFile } from "./host-files";
import type { Elf } from "./read-elf";
import { type Script, standardPath } from "./shebang";

/** A file that a jail gets by its own path: a declared one, or one that a script needs to run. */
export interface EntryPoint {
  readonly path: Bytes;
  readonly file: HostFile;
  readonly content: Elf | Script;
}

export interface EntryPoints {
  readonly roots: readonly EntryPoint[];
  /** Paths that still need a look. */
  readonly ask: readonly Bytes[];
  readonly problems: readonly ProgramProblem[];
}

/** Linux follows this many interpreters that are scripts themselves. */
const mostScripts = 5;

/** e_machine of the programs that a host runs, by the name of the machine in uname. */
const machines: Readonly<Record<string, readonly number[]>> = {
  x86_64: [62, 3],
  i686: [3],
  i586: [3],
  aarch64: [183, 40],
  armv7l: [40],
  armv6l: [40],
  riscv64: [243],
  ppc64le: [21],
  loongarch64: [258],
};

/** A declared program, and the interpreters of scripts. */
export function entryPointsOf(binary: string, host: Host): EntryPoints {
  const roots: EntryPoint[] = [];
  const ask: Bytes[] = [];
  if (!/^(\/(?!\.{1,2}(\/|$))[^/\0\n]+)+$/.test(binary)) return { roots, ask, problems: [{ problem: "path-unfit" }] };
  const queue = [{ path: bytesOf(binary), scripts: 0 }];
  for (const { path, scripts } of queue) {
    const refused = (why: ProgramProblem): EntryPoints => {
      const problem = scripts === 0 ? why : ({ problem: "interpreter-unfit", interpreter: path, why } as const);
      return { roots, ask, problems: [problem] };
    };
    const file = host.files.get(path);
    if (file === undefined) ask.push(path);
    else if (file === "absent") return refused({ problem: "missing" });
    else {
      const content = contentOrProblem(path, file, host);
      if ("problem" in content) return refused(content);
      roots.push({ path, file, content });
      if (content.kind !== "script") {
        if (machines[host.machine]?.includes(content.machine) === false)
          return refused({ problem: "other-machine", machine: content.machine, host: host.machine });
        continue;
      }
      if (scripts === mostScripts) return refused({ problem: "script-of-scripts" });
      queue.push({ path: content.interpreter, scripts: scripts + 1 });
      if (content.sought === undefined) continue;
      const found = onPath(content.sought, host);
      if (found === undefined)
        return refused({ problem: "interpreter-missing", name: content.sought, directories: standardPath });
      if ("ask" in found) ask.push(...found.ask);
      else queue.push({ path: found.path, scripts: scripts + 1 });
    }
  }
  return { roots, ask, problems: [] };
}

/** The path at which env would find a program. */
function onPath(name: Bytes, host: Host): { ask: Bytes[] } | { path: Bytes } | undefined {
  const places = standardPath.map((directory) => `${directory}/${name}` as Bytes);
  const ask = places.filter((path) => !host.files.has(path));
  if (ask.length > 0) return { ask };
  const path = places.find((place) => {
    const file = host.files.get(place);
    return typeof file === "object" && file.type === "file" && (file.mode & 0o111) !== 0;
  });
  return path && { path };
}
