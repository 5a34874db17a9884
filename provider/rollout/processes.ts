import { readFileSync } from "node:fs";

/** The start of a process in ticks since the machine's; undefined without such a process, or where /proc does not tell. */
export function startOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name may have spaces and brackets: the fields after it count from the last bracket.
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether this process runs, and is the one that started then. */
export function runsSince(pid: number, start: number): boolean {
  if (!isRunning(pid)) return false;
  const now = startOf(pid);
  return start === 0 || now === undefined || now === start;
}
