import { readFileSync } from "node:fs";
import { hostProcesses } from "../../scripts/lab/processes";
import type { LabHost } from "./sshd";

/** Processes of a host that sleep for so long, which no other one does. */
export function sleeping(host: LabHost, seconds: string): number[] {
  const pids = hostProcesses(host.pid).flatMap(({ pid, name }) => (name === "sleep" ? [pid] : []));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0")[1] === seconds;
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}
