import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/** The result of a command. A command killed by a signal has code 128 + the signal's number, as in a shell. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Options of a command run in a lab host. */
export interface CommandOptions {
  /** Text for stdin; stdin is empty by default. */
  stdin?: string | Uint8Array;
  /** Variables to add to the minimal environment (PATH, HOME, LANG). */
  env?: Readonly<Record<string, string>>;
  /** Absolute path in the host; `/` by default. */
  cwd?: string;
  /** Runs the command as this user and group, with no supplementary groups; root by default. */
  as?: { uid: number; gid: number };
  /** The output's encoding: `utf8` by default; `latin1` keeps every byte. */
  encoding?: BufferEncoding;
}

/** Waits for a child's end and all its output; rejects only when the child did not start. */
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
    // A command may end before it has read its input. The exit code decides, not the broken pipe.
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

/** The exit code that a shell reports for a process. */
function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
