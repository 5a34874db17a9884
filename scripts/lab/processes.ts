import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process with its number on the machine. */
export interface LabProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** The kernel's name for the process: the program's base name, cut to 15 bytes. */
  readonly name: string;
}

/** Every running process of the machine, without zombies. */
export function machineProcesses(): LabProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const process = readProcess(Number(name));
      return process === undefined ? [] : [process];
    });
}

/** The processes of one host: all in the pid namespace of its pid 1. */
export function hostProcesses(hostPid: number): LabProcess[] {
  const namespace = pidNamespace(hostPid);
  if (namespace === undefined) return [];
  return machineProcesses().filter(({ pid }) => pidNamespace(pid) === namespace);
}

/** The number on the machine of the process with the number `inner` in its host. */
export function machinePid(hostPid: number, inner: number): number | undefined {
  return hostProcesses(hostPid).find(({ pid }) => innerPid(pid) === inner)?.pid;
}

/** Returns the `roots` and their descendants among `processes`. */
export function withDescendants(processes: readonly LabProcess[], roots: readonly number[]): LabProcess[] {
  const found = new Set(roots);
  let before = -1;
  while (found.size !== before) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return processes.filter(({ pid }) => found.has(pid));
}

/** Signals processes; ignores a process that has ended meanwhile. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function readProcess(pid: number): LabProcess | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // the name in parentheses may hold any byte, a parenthesis too
  const match = /^\d+ \((.*)\) (\S) (\d+) (\d+) /s.exec(stat ?? "");
  if (match === null || match[2] === "Z" || match[2] === "X") return undefined;
  return { pid, name: match[1] ?? "", parent: Number(match[3]), group: Number(match[4]) };
}

function innerPid(pid: number): number | undefined {
  const status = readOrUndefined(`/proc/${pid}/status`) ?? "";
  const last = /^NSpid:.*\s(\d+)$/m.exec(status)?.[1];
  return last === undefined ? undefined : Number(last);
}

function pidNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // ended meanwhile
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // ended meanwhile
  }
}
