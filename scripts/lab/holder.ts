import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { signalAll } from "./processes";
import { TOOL_PATH } from "./requirements";

/** The process that holds a host's namespaces. `pid` is the number on the machine of the host's pid 1. */
export interface Holder {
  readonly pid: number;
  /** Ends the host and waits until its processes and its directory are gone. */
  close(): Promise<void>;
}

/** Time for the host's processes to die before pid 1 is killed outright. */
const PATIENCE_MS = 5000;

/**
 * Runs a setup script as pid 1 of new namespaces and waits for its `ready PID`.
 *
 * @param directory - removed at the end, also when this process is killed.
 * @param namespaces - options of unshare.
 * @param script - the script; passed in the environment, because `ps` shows arguments.
 * @param argv - the script's arguments.
 */
export async function hold(
  directory: string,
  namespaces: readonly string[],
  script: string,
  argv: readonly string[],
): Promise<Holder> {
  const around = 'directory=$1; shift; "$@"; rm -rf -- "$directory"';
  const unshare = [
    "unshare",
    ...namespaces,
    "--fork",
    "--kill-child",
    "--",
    "sh",
    "-c",
    'eval "$LAB_SETUP"',
    "setup",
    ...argv,
  ];
  const child = spawn("sh", ["-c", around, "hold", directory, ...unshare], {
    env: { PATH: TOOL_PATH, LAB_SETUP: script },
    stdio: "pipe",
    // Ctrl-C at a terminal must reach this process only: its end closes the pipe, which ends the host
    detached: true,
  });
  const pid = await readyPid(child);
  // A forgotten host must not keep this process alive; it ends with this process.
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
  return { pid, close: () => close(child, pid) };
}

async function close(child: ChildProcess, pid: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.ref();
  const timer = setTimeout(() => signalAll([pid], "SIGKILL"), PATIENCE_MS);
  child.stdin?.destroy();
  await exit;
  clearTimeout(timer);
}

function readyPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const match = /^ready (\d+)$/m.exec(stdout);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`A lab host could not be set up:\n${stderr}`)));
  });
}
