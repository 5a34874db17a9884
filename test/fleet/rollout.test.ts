import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Outcome, Planned, RolloutEvent } from "../../provider/fleet/event";
import { lineOf, readJournal } from "../../provider/fleet/journal";
import type { RolloutPlan } from "../../provider/fleet/plan";
import { RolloutRecord } from "../../provider/fleet/record";
import { type RolloutDriver, runRollout, type UnitEnd } from "../../provider/fleet/run";

const names = (count: number, prefix = "h") => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
const planOf = (units: readonly (readonly string[])[], more: Partial<RolloutPlan> = {}): RolloutPlan => ({
  mode: "up",
  waves: units.map((wave, index) => ({
    name: `w${index + 1}`,
    isCanary: false,
    units: wave,
    gates: ["port"],
    needsApproval: false,
  })),
  maxFailures: 0,
  width: 4,
  ...more,
});

/** A fleet in memory: the outcome of each unit's tries, and the journal. */
function simulate(plan: RolloutPlan, outcomes: Readonly<Record<string, readonly Outcome[]>> = {}) {
  const planned: Planned = { record: "pulumi-chroot rollout", version: 1, at: "t", plan };
  const seen = {
    starts: [] as string[],
    gates: [] as string[],
    inFlight: 0,
    mostInFlight: 0,
    journal: lineOf(planned),
  };
  const tries = new Map<string, number>();
  const driver: RolloutDriver = {
    async run(unit) {
      seen.starts.push(unit);
      seen.inFlight += 1;
      seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
      await new Promise(setImmediate);
      seen.inFlight -= 1;
      const index = tries.get(unit) ?? 0;
      tries.set(unit, index + 1);
      return { outcome: outcomes[unit]?.[index] ?? outcomes[unit]?.at(-1) ?? "done" };
    },
    async gate(wave, gate) {
      seen.gates.push(`${wave} ${gate}`);
      return { isOpen: true };
    },
    approve: async () => "test",
    async store(event: RolloutEvent) {
      seen.journal += lineOf(event);
    },
    now: () => "t",
  };
  const record = new RolloutRecord(plan);
  return { seen, driver, record, run: (signal?: AbortSignal) => runRollout(record, driver, signal) };
}

describe("a rollout", () => {
  test("does its waves one after the other, each with its gate", async () => {
    const { seen, run } = simulate(planOf([["a"], ["b", "c", "d"], ["e"]]));
    expect(await run()).toBeUndefined();
    expect(seen.starts).toStrictEqual(["a", "b", "c", "d", "e"]);
    expect(seen.gates).toStrictEqual(["w1 port", "w2 port", "w3 port"]);
  });

  test("skips an empty wave with its gate", async () => {
    const { seen, run } = simulate(planOf([["a"], [], ["b"]]));
    expect(await run()).toBeUndefined();
    expect(seen.gates).toStrictEqual(["w1 port", "w3 port"]);
  });

  test("starts no unit after one failure more than it tolerates, and lets units in flight finish", async () => {
    const units = names(1000);
    const failing = Object.fromEntries(units.slice(5).map((unit) => [unit, ["failed"] as const]));
    for (const width of [1, 16]) {
      const { record, seen, run } = simulate(planOf([units], { maxFailures: 3, width }), failing);
      expect(await run()).toStrictEqual({ cause: "failures" });
      expect(record.failures()).toBeGreaterThanOrEqual(4);
      expect(record.failures()).toBeLessThanOrEqual(width === 1 ? 4 : 3 + 16);
      expect(record.count("running")).toBe(0);
      expect(seen.mostInFlight).toBeLessThanOrEqual(width);
      const events = seen.journal
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RolloutEvent);
      const fourth = events.filter((one) => one.event === "ended" && one.outcome === "failed")[3];
      expect(events.slice(events.indexOf(fourth as RolloutEvent)).some(({ event }) => event === "started")).toBe(false);
    }
  });

  test("never fails by units that cannot be reached, and tries each once more at its end", async () => {
    const { seen, run, record } = simulate(planOf([["a", "b"], ["c"]]), {
      a: ["unreachable", "done"],
      b: ["unreachable", "unreachable"],
    });
    expect(await run()).toBeUndefined();
    expect(seen.starts).toStrictEqual(["a", "b", "c", "a", "b"]);
    expect([record.units.get("a")?.state, record.units.get("b")?.state]).toStrictEqual(["done", "unreachable"]);
    // The second try changed the first wave.
    expect(seen.gates).toStrictEqual(["w1 port", "w2 port", "w1 port"]);
  });

  test("has a budget of its own for units that cannot be reached", async () => {
    const { run } = simulate(planOf([names(10)], { maxUnreachable: 1, width: 1 }), {
      h1: ["unreachable"],
      h2: ["unreachable"],
    });
    expect(await run()).toStrictEqual({ cause: "unreachable" });
  });

  test("stops at a canary that cannot be reached", async () => {
    const [first, second] = planOf([["a"], ["b"]]).waves;
    if (!first || !second) throw new Error("two waves");
    const plan = planOf([], { maxFailures: 5, waves: [{ ...first, isCanary: true, maxFailures: 0 }, second] });
    const { run, seen } = simulate(plan, { a: ["unreachable"] });
    expect(await run()).toStrictEqual({ cause: "wave-failures", wave: "w1" });
    expect(seen.starts).toStrictEqual(["a"]);
  });

  test("leaves later waves alone when a gate stays closed", async () => {
    const { driver, record, seen } = simulate(planOf([["a"], ["b"]]));
    const closed = { ...driver, gate: async () => ({ isOpen: false, why: "no answer" }) };
    expect(await runRollout(record, closed)).toStrictEqual({ cause: "gate", wave: "w1", gate: "port" });
    expect(seen.starts).toStrictEqual(["a"]);
  });

  test("asks before a wave that needs an approval, and stops without one", async () => {
    const [first, second] = planOf([["a"], ["b"]]).waves;
    if (!first || !second) throw new Error("two waves");
    const { driver, record, seen } = simulate(planOf([], { waves: [first, { ...second, needsApproval: true }] }));
    const asked: string[] = [];
    const silent = { ...driver, approve: async (wave: string) => void asked.push(wave) };
    expect(await runRollout(record, silent as RolloutDriver)).toStrictEqual({ cause: "approval", wave: "w2" });
    expect([asked, seen.starts]).toStrictEqual([["w2"], ["a"]]);
  });

  test("finishes what is in flight when it is asked to stop", async () => {
    const { driver, record } = simulate(planOf([names(9)], { width: 3 }));
    const stop = new AbortController();
    const stopping: RolloutDriver = {
      ...driver,
      run(unit) {
        if (unit === "h2") stop.abort();
        return driver.run(unit);
      },
    };
    expect(await runRollout(record, stopping, stop.signal)).toStrictEqual({ cause: "request" });
    expect([record.count("running"), record.count("done") <= 3]).toStrictEqual([0, true]);
  });

  test("does not wait for a gate or an approval when it is asked to stop", async () => {
    for (const waiting of ["gate", "approve"] as const) {
      const [first, second] = planOf([["a"], ["b"]]).waves;
      if (!first || !second) throw new Error("two waves");
      const { driver, record } = simulate(planOf([], { waves: [first, { ...second, needsApproval: true }] }));
      const stop = new AbortController();
      const never = () => {
        stop.abort();
        return new Promise<never>(() => {});
      };
      expect(await runRollout(record, { ...driver, [waiting]: never }, stop.signal)).toStrictEqual({
        cause: "request",
      });
      expect([record.stopping !== undefined, record.units.get("b")?.state]).toStrictEqual([true, "waiting"]);
    }
  });

  test("puts back a unit that ends before it changed anything", async () => {
    const { driver, record, seen } = simulate(planOf([["a"]]));
    const stop = new AbortController();
    const run = async (): Promise<UnitEnd> => {
      stop.abort();
      return { outcome: "waiting" };
    };
    expect(await runRollout(record, { ...driver, run }, stop.signal)).toStrictEqual({ cause: "request" });
    record.add({ event: "resumed", at: "t", gone: [], retries: false });
    expect(await runRollout(record, driver)).toBeUndefined();
    expect(seen.starts).toStrictEqual(["a"]);
  });

  test("ends with an error where its record cannot be written, after the units in flight", async () => {
    const { driver, record, seen } = simulate(planOf([names(5)], { width: 2 }));
    let left = 3;
    const full = {
      ...driver,
      store: async (event: RolloutEvent) => {
        if (left-- === 0) throw new Error("no space left");
        await driver.store(event);
      },
    };
    await expect(runRollout(record, full)).rejects.toThrow("no space left");
    expect(seen.inFlight).toBe(0);
  });
});

/** A random fleet of up to four waves. */
const fleets = fc.record({
  sizes: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
  width: fc.integer({ min: 1, max: 5 }),
  maxFailures: fc.integer({ min: 0, max: 3 }),
  bad: fc.array(fc.constantFrom<Outcome>("done", "failed", "refused", "unreachable"), { minLength: 24, maxLength: 24 }),
  cut: fc.nat(),
  torn: fc.nat({ max: 30 }),
});

describe("a rollout that is killed at any moment", () => {
  test("goes on by its journal: nothing is done twice, nothing is left out, and waves never overlap", async () => {
    await fc.assert(
      fc.asyncProperty(fleets, async ({ sizes, width, maxFailures, bad, cut, torn }) => {
        let next = 0;
        const waves = sizes.map((size) => names(size).map(() => `u${next++}`));
        const outcomes = Object.fromEntries(waves.flat().map((unit, index) => [unit, [bad[index] ?? "done"]]));
        const plan = planOf(waves, { width, maxFailures });
        const whole = simulate(plan, outcomes);
        const end = await whole.run();

        const lines = whole.seen.journal.split(/(?<=\n)/);
        const kept = 1 + (cut % lines.length);
        const rest = lines[kept]?.slice(0, torn).replace("\n", "") ?? "";
        const read = readJournal(lines.slice(0, kept).join("") + rest);
        if (!("record" in read)) throw new Error(read.problem);
        const doneBefore = [...read.record.units].filter(([, { state }]) => state === "done").map(([name]) => name);
        read.record.add({ event: "resumed", at: "t", gone: [], retries: false });
        const fresh = [...read.record.units].filter(([, { state }]) => state === "waiting").map(([name]) => name);
        const isFresh = new Set(fresh);
        const resumed = simulate(plan, outcomes);
        const again = await runRollout(read.record, resumed.driver);

        expect(again?.cause).toBe(end?.cause);
        expect(resumed.seen.starts.filter((unit) => doneBefore.includes(unit))).toStrictEqual([]);
        if (!again) expect(read.record.count("waiting") + read.record.count("running")).toBe(0);
        const waveOf = (unit: string) => waves.findIndex((wave) => wave.includes(unit));
        // Second tries come at the end, in any wave.
        const first = [...new Set(resumed.seen.starts)].filter((unit) => isFresh.has(unit)).map(waveOf);
        expect(first).toStrictEqual([...first].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a rollout that goes on", () => {
  test("tries failed units and closed gates again where they had ended it", async () => {
    const { run, record, driver, seen } = simulate(planOf([["a"], ["b"]]), { a: ["failed", "done"] });
    expect(await run()).toStrictEqual({ cause: "failures" });
    record.add({ event: "resumed", at: "t", gone: [], retries: true });
    expect(await runRollout(record, driver)).toBeUndefined();
    expect(seen.starts).toStrictEqual(["a", "a", "b"]);
  });

  test("skips and marks units that the fleet has no longer", async () => {
    const { record, driver, seen } = simulate(planOf([["a"], ["b"], ["c"]]));
    record.add({ event: "resumed", at: "t", gone: ["b"], retries: false });
    expect(await runRollout(record, driver)).toBeUndefined();
    expect([seen.starts, record.units.get("b")?.state]).toStrictEqual([["a", "c"], "gone"]);
    expect(seen.gates).toStrictEqual(["w1 port", "w3 port"]);
  });
});
