import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "@jest/globals";
import type { Lab } from "./e2e";
import { type JailFleet, outcomesOf, startRollout } from "./rollout-scene";
import type { Stack } from "./stack";

const units = ["a", "b", "c", "d"];
const fleet: JailFleet = {
  name: "dns",
  roots: "none",
  units: Object.fromEntries(units.map((unit) => [unit, { host: "127.0.0.1" }])),
  waves: [{ name: "canary", size: 1, canary: true }, { name: "rest" }],
  width: 2,
  maxFailures: 1,
  before: jumpClock,
};

/** A moment at which a rollout is killed: so many milliseconds after so many of its events. */
interface Moment {
  readonly events: number;
  readonly after: number;
  /** Kills the CLI as well, as a power cut does: its stack then keeps a lock. */
  readonly isWhole: boolean;
}

/** Moments in the order of a seed's random numbers. */
export function momentsOf(seed: number, count: number): Moment[] {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => ({
    // A unit has four: started, preview, up and ended.
    events: Math.floor(random() * 8),
    after: Math.floor(random() * 1500),
    isWhole: random() < 0.5,
  }));
}

/** Rolls a fleet out, and kills the rollout at each of the moments until it ends. Returns how often it was killed. */
export async function killedRollout(lab: Pick<Lab, "stack">, moments: readonly Moment[]): Promise<number> {
  const stack = await lab.stack();
  let kills = 0;
  for (const moment of [...moments, undefined]) {
    const before = recordOf(stack);
    const { isKilled, started } = await rollOut(stack, moment);
    // A unit that is done is not begun again.
    const done = before.filter((event) => event.event === "ended" && event.outcome === "done");
    expect(started.filter((unit) => done.some((event) => event.unit === unit))).toStrictEqual([]);
    if (!isKilled) break;
    kills++;
  }
  const ends = recordOf(stack).filter((event) => event.event === "ended" && event.outcome === "done");
  expect(ends.map(({ unit }) => unit).sort()).toStrictEqual(units);
  const starts = recordOf(stack).flatMap((event) => (event.event === "started" ? [event.unit] : []));
  expect(starts[0]).toBe("a");
  expect(starts.slice(starts.lastIndexOf("a") + 1)).not.toContain("a");
  stack.remove();
  return kills;
}

/** Runs the rollout until it is killed, or has done all. Removes the locks that the report says are left. */
async function rollOut(
  stack: Stack,
  moment: Moment | undefined,
): Promise<{ readonly isKilled: boolean; readonly started: readonly string[] }> {
  const started: string[] = [];
  for (let tries = 0; tries < 3; tries++) {
    let seen = 0;
    let isKilled = false;
    const running = startRollout(stack, fleet, {
      onEvent(event, child) {
        if (event.event === "started") started.push(event.unit);
        if (moment && seen++ === moment.events)
          void setTimeout(moment.after).then(() => {
            isKilled = child.exitCode === null && kill(child.pid ?? 0, moment.isWhole);
          });
      },
    });
    const { report, stderr } = await running.ended;
    if (isKilled && !report) return { isKilled, started };
    if (!report) throw new Error(`no report, and no kill:\n${stderr}`);
    if (Object.values(outcomesOf(report)).every((outcome) => ["repaired", "in-sync"].includes(outcome)))
      return { isKilled: false, started };
    for (const { why = "" } of report.hosts) {
      if (why === "") continue;
      expect(why).toMatch(
        /: the stack is locked by process \d+ of .*: it has ended, so remove its lock: pulumi cancel /,
      );
      const command = why.slice(why.indexOf("pulumi cancel"));
      execFileSync("sh", ["-c", `${command} --non-interactive`], { env: stack.env, stdio: "pipe" });
    }
  }
  throw new Error("the rollout does not end");
}

/** Kills a process with SIGKILL, and the commands that it has started where the kill is whole. */
function kill(pid: number, isWhole: boolean): boolean {
  const children = isWhole ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ") : [];
  for (const one of [pid, ...children.filter((child) => child !== "").map(Number)]) process.kill(one, "SIGKILL");
  return true;
}

type Entry = { readonly event?: string; readonly unit?: string; readonly outcome?: string };

function recordOf({ directory }: Stack): Entry[] {
  let text: string;
  try {
    text = readFileSync(join(directory, ".pulumi-chroot", "dns.rollout.jsonl"), "utf8");
  } catch {
    return [];
  }
  // A line without an end counts for nothing.
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);
}

/** Sets the clock a day forward or back each time that a program runs. It runs in the rollout's process. */
function jumpClock(): void {
  const own = globalThis as { realNow?: () => number; clockJump?: number };
  own.realNow ??= Date.now;
  own.clockJump = own.clockJump === 86_400_000 ? -86_400_000 : 86_400_000;
  const now = () => Number(own.realNow?.()) + Number(own.clockJump);
  Date.now = now;
  const Real = Object.getPrototypeOf(new Date(0)).constructor as DateConstructor;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given) => (given.length > 0 ? Reflect.construct(target, given) : new target(now())),
  });
}
