import { describe, expect, test } from "@jest/globals";
import { exitStatusOf } from "../../provider/cli/exit-status";
import type { FleetReport, HostOutcome } from "../../provider/report/fleet-report-v1";

const report = (...outcomes: HostOutcome[]): FleetReport => ({
  version: 1,
  report: "drift",
  name: "named",
  started: "2026-12-01T00:00:00Z",
  ended: "2026-12-01T00:00:01Z",
  hosts: outcomes.map((outcome, index) => ({ name: `ns${index}`, outcome, jails: [] })),
  waves: [],
});

describe("the exit status of a report", () => {
  test.each<[number, ...HostOutcome[]]>([
    [0],
    [0, "in-sync", "repaired", "gone"],
    [2, "in-sync", "drifted"],
    [3, "drifted", "unreachable", "in-sync"],
    [3, "drifted", "not-checked"],
    [3, "refused"],
    [3, "in-sync", "waiting"],
    [1, "unreachable", "drifted", "failed"],
  ])("is %d, that of the worst host, for: %s %s %s", (status, ...outcomes) => {
    expect(exitStatusOf(report(...outcomes))).toBe(status);
  });

  test("is 1 where a gate stopped a rollout in which no host failed", () => {
    expect(exitStatusOf({ ...report("repaired"), stopped: "the gate dns is closed" })).toBe(1);
  });
});
