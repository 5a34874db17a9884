import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Stack } from "./stack";

const main = join(__dirname, "..", "..", "provider", "cli", "main.js");

/** Runs `pulumi-chroot` in a stack's folder, with the stack's backend. */
export function runOwnCommand({ directory, env }: Pick<Stack, "directory" | "env">, ...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>(
    (resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, stdout, stderr }));
    },
  );
}
