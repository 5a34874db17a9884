import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "@jest/globals";
import { until } from "./daemon";

export const checkout = join(__dirname, "..", "..", "..");

interface Ended {
  readonly pid: number;
  readonly code: number | null;
  readonly output: string;
}

/** Makes folders for the temporary files of the commands that a test starts, and removes them after it. */
export function useFolders(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
  });
  return () => {
    const made = mkdtempSync(join(tmpdir(), "chroot-commands-"));
    folders.push(made);
    return made;
  };
}

/** Runs a command in the checkout; `onOutput` sees all that has come so far, each time some comes. */
export async function run(
  [command = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  onOutput: (output: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(command, args, { cwd: checkout, env: { ...process.env, ...env }, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onOutput(output, child);
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { pid: child.pid ?? 0, code, output };
}

export const demo = [process.execPath, join(checkout, "dist", "scripts", "demo.js")];

/** The files of the checkout that git sees as changed. */
export function changes(): string {
  return execFileSync("git", ["status", "--porcelain"], { cwd: checkout, encoding: "utf8" });
}

/** A file of a process in /proc; empty where the process has ended. */
export function about(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Processes that were started with this folder in their arguments or environment. */
export function processesOf(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => about(pid, "cmdline").includes(directory) || about(pid, "environ").includes(directory));
}

/** The demo's host keeps its folder in `directory`; the demo names its project's folder by its process. */
export async function assertNothingLeft(directory: string, pid: number): Promise<void> {
  const project = `demo-${pid}-`;
  await until("no process is left", () => processesOf(directory).length === 0);
  expect(readdirSync(directory)).toStrictEqual([]);
  expect(readdirSync(join(checkout, ".cache")).filter((name) => name.startsWith(project))).toStrictEqual([]);
  expect(processesOf(join(checkout, ".cache", project))).toStrictEqual([]);
}
