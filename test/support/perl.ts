import { type ChildProcess, execFileSync, spawn } from "node:child_process";

/** What Node cannot do to a host's files is done by the machine's Perl, which a BusyBox host has not. */
export function perl(script: string, ...args: readonly string[]): string {
  return execFileSync("perl", ["-e", script, ...args], { encoding: "latin1" });
}

/** One that goes on until it is killed, when it has printed its first line. */
export async function startPerl(script: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn("perl", ["-e", `$| = 1; ${script}`, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`perl ended with ${code}`)));
  });
  return child;
}
