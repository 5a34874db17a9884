import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isRunning } from "./processes";

/** A lock of a stack that the CLI reports. */
export interface StackLock {
  /** The holder in words. */
  readonly by: string;
  /** The holder was a process of this machine, and has ended. */
  readonly isLeft: boolean;
}

/** The lock that keeps a command of the CLI from its stack; undefined where its message is about something else. */
export function stackLock(text: string): StackLock | undefined {
  if (text.includes("[409] Conflict: Another update is currently in progress."))
    return { by: "another update", isLeft: false };
  if (!text.includes("the stack is currently locked by")) return undefined;
  const found = [...text.matchAll(/: created by (\S*)@(\S*) \(pid (\d+)\) at (\S+)/g)];
  const holders = found.map(([, user = "", host = "", pid = "", at = ""]) => ({ user, host, pid: Number(pid), at }));
  const [first] = holders;
  return {
    by: first ? `process ${first.pid} of ${first.user}@${first.host} since ${first.at}` : "another process",
    isLeft: holders.length > 0 && holders.every(({ host, pid }) => host === hostname() && isOver(pid)),
  };
}

/** A process with this pid that is no CLI of Pulumi's is a later one. No clock is asked: it may have jumped. */
function isOver(pid: number): boolean {
  if (!isRunning(pid)) return true;
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "pulumi";
  } catch {
    return false;
  }
}
