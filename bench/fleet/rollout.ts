import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Stack, startStack } from "../../test/support/stack";
import { atMost, childTime, median, ms, row, succeed } from "../measure";
import type { PartOptions } from "./parts";

/** Units in flight. */
const width = 4;

/** Compares the processor time of a rollout's unit with a bare `pulumi up`, and tells the memory of a unit in flight. */
export async function rollout({ size = 100, rounds = 5 }: PartOptions): Promise<void> {
  const stack = await startStack({ project: "bare" });
  try {
    writeFileSync(join(stack.directory, "resource.js"), resource);
    writeFileSync(join(stack.directory, "index.js"), `require("./resource").make();`);
    writeFileSync(join(stack.directory, "run.js"), fleetOf(size));
    const bare: number[] = [];
    for (let run = 0; run < rounds; run++) {
      await succeed(stack.pulumi("stack", "init", `bare${run}`));
      bare.push(await processorTime(() => succeed(stack.up("--stack", `bare${run}`))));
    }
    const memory = { peak: 0 };
    const made = (await processorTime(() => roll(stack, memory))) / size;
    const synced = (await processorTime(() => roll(stack, memory))) / size;
    const one = median(bare);
    console.log(`\nA rollout of ${size} units, ${width} in flight, each an empty dynamic resource; processor time`);
    row("a  bare pulumi up of a new stack", ms(one));
    row("b  a new unit: stack, preview and up", ms(made), `${(made / one).toFixed(2)} a`, atMost(made / one, 1.3));
    row("c  a unit in sync", ms(synced), `${(synced / one).toFixed(2)} a`, atMost(synced / one, 1.3));
    row("d  memory of a unit in flight", `${Math.round(memory.peak / Math.min(width, size))} MB`);
  } finally {
    stack.remove();
  }
}

const resource = `const pulumi = require("@pulumi/pulumi");
class Empty extends pulumi.dynamic.Resource {
  constructor(name) { super({ async create() { return { id: "x", outs: {} }; } }, name, {}); }
}
exports.make = () => void new Empty("empty");`;

/** A program that rolls out a fleet of so many units. */
const fleetOf = (size: number) => `const { defineFleet, rollout } = require("pulumi-chroot");
const names = Array.from({ length: ${size} }, (_, index) => "unit" + index);
const units = Object.fromEntries(names.map((name) => [name, { host: "localhost" }]));
rollout(defineFleet({ name: "bench", units, declare: () => require("./resource").make() }), { width: ${width} }).then(
  ({ hosts, stopped }) => { if (stopped || hosts.length !== ${size}) throw new Error(stopped + ": " + hosts.map(({ why }) => why)); },
).catch((error) => { console.error(error); process.exitCode = 1; });`;

/** Runs the rollout to its end, and notes the most memory that its commands have at one moment, in MB. */
async function roll(stack: Stack, memory: { peak: number }): Promise<void> {
  const child = spawn(process.execPath, ["run.js"], { cwd: stack.directory, env: stack.env, stdio: "inherit" });
  const timer = setInterval(() => {
    memory.peak = Math.max(memory.peak, memoryBelow(child));
  }, 100);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`the rollout ended with ${String(code)}`);
}

/** The memory of the processes that a process has started, shared parts divided by their users, in MB. */
function memoryBelow({ pid = 0 }: ChildProcess): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc"))
    if (/^\d+$/.test(name)) {
      const fields = read(`/proc/${name}/stat`)?.split(") ").at(-1)?.split(" ");
      if (fields) parents.set(Number(name), Number(fields[1]));
    }
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && one > 1 && (one === pid || isBelow(parents.get(one)));
  const below = [...parents.keys()].filter((one) => one !== pid && isBelow(one));
  const kilobytes = below.map((one) =>
    Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${one}/smaps_rollup`) ?? "")?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** The processor time that the work's processes have used when they have ended, in milliseconds. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = childTime();
  await work();
  return childTime() - before;
}
