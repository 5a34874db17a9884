import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { RolloutEvent } from "../../provider/fleet/event";
import type { RolloutPlan } from "../../provider/fleet/plan";
import { openRecord } from "../../provider/rollout/open-record";

const plan = (...units: string[]): RolloutPlan => ({
  mode: "up",
  width: 1,
  maxFailures: 0,
  waves: [{ name: "all", isCanary: false, units, gates: [], needsApproval: false }],
});

describe("the record of a rollout", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "record-"));
    path = join(folder, "a.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = async (of: RolloutPlan, ...events: RolloutEvent[]) => {
    const opened = await openRecord(path, "dns", of, "t");
    for (const event of events) {
      await opened.file.append(event);
      opened.record.add(event);
    }
    await opened.file.close();
    return opened;
  };
  const ended = (unit: string, outcome: "done" | "failed") => ({ event: "ended", at: "t", unit, outcome }) as const;
  const lines = () => readFileSync(path, "utf8").trim().split("\n").length;

  test("of a rollout that has ended gives way to a new one", async () => {
    await open(plan("a"), ended("a", "done"));
    const { resumed, record } = await open(plan("a", "b"));
    expect([resumed, record.count("waiting"), lines()]).toStrictEqual([undefined, 2, 1]);
  });

  test("goes on with its own units: it names those that joined, and marks those that left", async () => {
    await open(plan("a", "b", "c"), ended("a", "done"), { event: "started", at: "t", unit: "b" });
    const { resumed, record } = await open(plan("d", "c"));
    expect(resumed).toStrictEqual({ event: { event: "resumed", at: "t", gone: ["b"], retries: false }, joined: ["d"] });
    expect([...record.units].map(([unit, { state }]) => `${unit} ${state}`)).toStrictEqual([
      "a done",
      "b gone",
      "c waiting",
    ]);
  });

  test("tries failures again where they have ended it, and not after a stop by hand or for want of an approval", async () => {
    await open(plan("a", "b"), ended("a", "failed"));
    const { resumed, record } = await open(plan("a", "b"), { event: "stopping", at: "t" });
    expect([resumed?.event.retries, record.count("waiting")]).toStrictEqual([true, 2]);
    const again = await open(plan("a", "b"), { event: "stopping", at: "t", withoutApproval: "all" });
    expect(again.resumed?.event.retries).toBe(false);
    expect((await open(plan("a", "b"))).resumed?.event.retries).toBe(false);
  });

  test("of another fleet is refused, also where it has ended: its units would stand for this fleet's", async () => {
    await open(plan("a"), ended("a", "done"));
    const text = readFileSync(path, "utf8");
    const other = openRecord(path, "web", plan("a", "b"), "t");
    await expect(other).rejects.toThrow(`the record is of another fleet, dns: ${path}: give the fleet web`);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("that an earlier release has begun has no name of its fleet, and goes on", async () => {
    await open(plan("a"));
    writeFileSync(path, readFileSync(path, "utf8").replace('"fleet":"dns",', ""));
    expect((await open(plan("a"))).resumed?.event.gone).toStrictEqual([]);
  });

  test("is refused where it is another mode's, no record, damaged, or of a later release", async () => {
    await open(plan("a"));
    await expect(openRecord(path, "dns", { ...plan("a"), mode: "preview" }, "t")).rejects.toThrow(
      /mode "up" that has not ended: .*: finish it/,
    );
    const text = readFileSync(path, "utf8");
    for (const [content, message] of [
      ["{}\n", /no record of a rollout: .*: move it away/],
      [`${text}{"event"\n{}\n`, /damaged in line 2: .*: move it away/],
      [text.replace('"version":1', '"version":2'), /later release/],
      [text.replace('"width":1', '"width":null'), /damaged in line 1/],
      [`${text}{"event":"ended","at":"t","unit":"a","outcome":"fine"}\n`, /damaged in line 2/],
      [`${text}{}\n`, /damaged in line 2/],
    ] as const) {
      writeFileSync(path, content);
      await expect(openRecord(path, "dns", plan("a"), "t")).rejects.toThrow(message);
      expect(readFileSync(path, "utf8")).toBe(content);
    }
  });
});
