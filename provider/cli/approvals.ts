import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { printable } from "../model/bytes";
import { digestOf } from "../model/digest";

/** How the waves that need an approval get it. */
export interface ApprovalOptions {
  /** Every wave is approved by the command's own option. */
  readonly yes?: boolean;
  /** A file that has the line `WAVE CODE` once somebody has approved the wave. It is read every two seconds. */
  readonly approvals?: string;
  /** A shell command that ends with 0 to approve the wave in `$WAVE` of the rollout in `$ROLLOUT`. */
  readonly approveBy?: string;
}

/** A wave that asks for its approval. */
interface AskingWave {
  readonly wave: string;
  /** Stands for its rollout: an approval of another rollout is none of this one. */
  readonly code: string;
}

/** Asks for the approval of a wave. Resolves with the one who gives it, or with undefined: then the rollout stops there. */
export type Approve = (asking: AskingWave, signal: AbortSignal) => Promise<string | undefined>;

export function approvalBy({ yes, approvals, approveBy }: ApprovalOptions): Approve {
  if (yes) return async () => "--yes";
  if (approvals !== undefined) return (asking, signal) => fileApproval(approvals, asking, signal);
  if (approveBy !== undefined) return (asking, signal) => commandApproval(approveBy, asking, signal);
  // Without a terminal nobody can answer: the rollout stops, and the same command goes on later.
  return process.stdin.isTTY ? terminalApproval : async () => undefined;
}

/** The code of a rollout, which is the same when it goes on. */
export function rolloutCode(fleet: string, started: string): string {
  return digestOf(JSON.stringify([fleet, started])).sha256.slice(0, 8);
}

async function terminalApproval({ wave }: AskingWave, signal: AbortSignal): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Start the wave ${wave}? Type yes to go on: `, { signal });
    return answer.trim() === "yes" ? (process.env["USER"] ?? "terminal") : undefined;
  } catch {
    return undefined;
  } finally {
    terminal.close();
  }
}

async function fileApproval(
  path: string,
  { wave, code }: AskingWave,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wanted = `${wave} ${code}`;
  process.stderr.write(printable(`${wave}: waits for the line "${wanted}" in ${path}\n`));
  while (!signal.aborted) {
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    if (lines.some((line) => line.trim() === wanted)) return path;
    await setTimeout(2000, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function commandApproval(
  command: string,
  { wave, code: rollout }: AskingWave,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], {
      env: { ...process.env, WAVE: wave, ROLLOUT: rollout },
      stdio: ["ignore", "ignore", "inherit"],
      signal,
    });
    child.once("error", () => resolve(undefined));
    // Reports name who has approved: the command itself may have a secret in it.
    child.once("close", (code) => resolve(code === 0 ? "--approve-by" : undefined));
  });
}
