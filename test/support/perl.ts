import { type ChildProcess, execFileSync, spawn } from "node:child_process";

/** Runs the machine's Perl for work that Node cannot do on a host's files; a BusyBox host has no Perl. */
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
