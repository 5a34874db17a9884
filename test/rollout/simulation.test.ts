import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RolloutEvent } from "../../provider/fleet/event";
import { defineFleet, type Fleet } from "../../provider/fleet/fleet";
import { lineOf } from "../../provider/fleet/journal";
import { RolloutRecord } from "../../provider/fleet/record";
import { runRollout } from "../../provider/fleet/run";
import { type DriverParts, FleetDriver } from "../../provider/rollout/driver";
import { openRecord } from "../../provider/rollout/open-record";
import { planFleet } from "../../provider/rollout/plan-fleet";
import type { CliEnd } from "../../provider/rollout/unit-stack";
import { MemoryStacks } from "../support/memory-stacks";

const fleetOf = (size: number, more: Partial<Fleet> = {}): Fleet =>
  defineFleet({
    name: "sim",
    units: Object.fromEntries(Array.from({ length: size }, (_, index) => [`h${index}`, { host: `h${index}` }])),
    declare: () => undefined,
    ...more,
  });
const failed: CliEnd = { problem: "engine", why: "it broke" };

function partsOf(fleet: Fleet, stacks: MemoryStacks, more: Pick<DriverParts, "record" | "file">): DriverParts {
  return {
    fleet,
    jails: { of: () => [] },
    approve: async () => "test",
    onEvent: () => undefined,
    signal: new AbortController().signal,
    waits: { lock: 0, backend: 0 },
    stackOf: stacks.stackOf,
    cancel: () => "pulumi cancel",
    ...more,
  };
}

describe("a simulated rollout of 1,000 units that tolerates 3 failures", () => {
  for (const [width, most] of [
    [1, 4],
    [16, 19],
  ] as const)
    test(`starts none after the 4th failure, with ${width} in flight, and has at most ${most}`, async () => {
      const ends = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`up h${index}`, [failed]]));
      const stacks = new MemoryStacks(ends);
      const fleet = fleetOf(1000, { maxFailures: 3, width });
      const record = new RolloutRecord(planFleet(fleet));
      const events: RolloutEvent[] = [];
      const file = { append: async (event: RolloutEvent) => void events.push(event) };
      const stopped = await runRollout(record, new FleetDriver(partsOf(fleet, stacks, { record, file })));
      expect(stopped).toStrictEqual({ cause: "failures" });
      expect(record.count("failed")).toBeGreaterThanOrEqual(4);
      expect(record.count("failed")).toBeLessThanOrEqual(most);
      expect(stacks.mostInFlight).toBeLessThanOrEqual(width);
      const fourth = events.filter((event) => event.event === "ended")[3];
      expect(
        events.slice(events.indexOf(fourth as RolloutEvent)).filter(({ event }) => event === "started"),
      ).toHaveLength(0);
    });
});

describe("a rollout that is killed at 50 moments", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rollout-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const waves = [{ name: "canary", size: 1, canary: true }, { name: "tenth", size: "10%" as const }, { name: "rest" }];
  const fleet = fleetOf(26, { waves, width: 3, maxFailures: 1 });
  const ends = {
    "preview h5": [{}],
    "up h7": [failed],
    "preview h9": [{ problem: "no-stack" as const }, { isChanged: true }],
  };

  /** Runs until the process is killed after so many writes of the record. It returns the units that ended. */
  async function run(
    path: string,
    writes: number,
    torn: string,
  ): Promise<{ stacks: MemoryStacks; record: RolloutRecord }> {
    const stacks = new MemoryStacks(ends);
    const { record, file } = await openRecord(path, fleet.name, planFleet(fleet), "2026-12-01T00:00:00Z");
    await file.close();
    let left = writes;
    let kill = () => {};
    const killed = new Promise<void>((resolve) => {
      kill = resolve;
    });
    const append = async (event: RolloutEvent): Promise<void> => {
      // Without a flush to the disk, which nothing here can tell.
      if (left-- > 0) return appendFileSync(path, lineOf(event));
      kill();
      // The process is no more: nothing follows.
      return new Promise(() => {});
    };
    const driver = new FleetDriver(partsOf(fleet, stacks, { record, file: { append } }));
    await Promise.race([runRollout(record, driver), killed]);
    if (left < 0) appendFileSync(path, torn);
    return { stacks, record };
  }

  test("does no done unit twice, leaves none out, and never lets waves overlap", async () => {
    for (let moment = 0; moment < 50; moment++) {
      const path = join(folder, `${moment}.jsonl`);
      const before = await run(path, moment, '{"event":"ended","un'.slice(0, moment % 20));
      const isDone = (record: RolloutRecord) =>
        [...record.units].filter(([, { state }]) => state === "done").map(([name]) => name);
      const done = isDone(before.record);
      const after = await run(path, Number.POSITIVE_INFINITY, "");
      const again = after.stacks.runs.filter((line) => done.includes(line.split(" ")[1] ?? ""));
      expect([moment, again]).toStrictEqual([moment, []]);
      expect([moment, after.record.count("done"), after.record.count("failed")]).toStrictEqual([moment, 25, 1]);
      const events = readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RolloutEvent);
      const order = events.flatMap((event) => (event.event === "started" ? waveOf(event.unit) : []));
      expect(order).toStrictEqual([...order].sort((one, other) => one - other));
    }
  });

  const waveOf = (unit: string) => (unit === "h0" ? 0 : ["h1", "h2"].includes(unit) ? 1 : 2);
});
