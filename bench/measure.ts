import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Stack } from "../test/support/stack";

/** Runs a command and reads its output; rejects when the command fails. */
export async function timed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ milliseconds: number; stdout: string }> {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const milliseconds = performance.now() - started;
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${stderr}`);
  return { milliseconds, stdout: Buffer.concat(chunks).toString("latin1") };
}

/** Runs the parts in turn, so that a busy machine slows all of them alike, and returns the median of each. */
export async function inTurn<K extends string>(
  parts: Readonly<Record<K, () => Promise<number>>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(parts) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
    for (const name of names) times.get(name)?.push(await parts[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Prints one line of a report. */
export function row(label: string, value: string, ratio = "", verdict = ""): void {
  console.log(`${label.padEnd(46)}${value.padStart(9)}  ${ratio.padEnd(12)}${verdict}`.trimEnd());
}

export function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

export function atMost(value: number, limit: number): string {
  return `goal at most ${limit}: ${value <= limit ? "met" : "missed"}`;
}

export function atLeast(value: number, limit: number): string {
  return `goal at least ${limit}: ${value >= limit ? "met" : "missed"}`;
}

/** Processor time of all child processes of this process that have ended, in milliseconds. */
export function childTime(): number {
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ").at(-1)?.split(" ") ?? [];
  // cutime and cstime, in ticks of 10 ms (proc(5)).
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Processor time of this process and of the processes that the work has run to their end, in milliseconds. */
export async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = childTime();
  const own = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(own);
  return (user + system) / 1000 + childTime() - before;
}

/** Waits for a command of Pulumi's CLI that must not fail. */
export async function succeed(ran: ReturnType<Stack["up"]>): Promise<void> {
  const { code, output } = await ran;
  if (code !== 0) throw new Error(output);
}
