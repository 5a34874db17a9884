import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { machineProcesses, signalAll, withDescendants } from "../lab/processes";

/** Tells the runner to start no file any more, and to report none that was killed. */
export const run = { isEnding: false };

/** Ends every process of the run with this one when it gets SIGINT or SIGTERM. A second signal ends this one at once. */
export function endOnSignals(): void {
  // Children inherit it, and keep it when their parent has ended.
  const marker = `CHROOT_TEST_RUN_${process.pid}`;
  process.env[marker] = "1";
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, async () => {
      run.isEnding = true;
      await endAll(`${marker}=1`);
      process.kill(process.pid, signal);
    });
}

/**
 * Kills every process with the marker in its environment. Hosts lack the marker: each ends, and removes its directory, when
 * the process that made it ends.
 */
async function endAll(marker: string): Promise<void> {
  const ours = new Set(withDescendants(machineProcesses(), [process.pid]).map(({ pid }) => pid));
  ours.delete(process.pid);
  for (;;) {
    const left = machineProcesses().map(({ pid }) => pid);
    const marked = left.filter((pid) => isMarked(pid, marker));
    if (marked.length === 0 && !left.some((pid) => ours.has(pid))) return;
    signalAll(marked, "SIGKILL");
    await setTimeout(20);
  }
}

function isMarked(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(marker);
  } catch {
    return false; // ended meanwhile
  }
}
