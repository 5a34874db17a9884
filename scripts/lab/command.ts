import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/** What a command that has ended left behind. A command killed by a signal has code 128 + its number, as in a shell. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Options of a command run in a lab host. */
export interface CommandOptions {
  /** Sent on stdin, which is then closed. Without it stdin is empty. */
  stdin?: string | Uint8Array;
  /** Added to the minimal environment (PATH, HOME, LANG). */
  env?: Readonly<Record<string, string>>;
  /** Absolute path in the host; `/` by default. */
  cwd?: string;
  /** Runs the command as this user and group, with no supplementary groups; root by default. */
  as?: { uid: number; gid: number };
  /** How output bytes become text: `utf8` by default, `latin1` where every byte must survive. */
  encoding?: BufferEncoding;
}

/** Waits for a child to end and for all its output; rejects only where it could not be started. */
export function collect(
  child: ChildProcess,
  stdin?: string | Uint8Array,
  encoding: BufferEncoding = "utf8",
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A command may end before it has read its input: its exit code tells, the broken pipe does not.
    child.stdin?.on("error", () => undefined);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({
        code: exitCode(code, signal),
        stdout: Buffer.concat(stdout).toString(encoding),
        stderr: Buffer.concat(stderr).toString(encoding),
      });
    });
    child.stdin?.end(stdin);
  });
}

/** A shell's number for how a process ended. */
function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
