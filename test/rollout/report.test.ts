import { expect, test } from "@jest/globals";
import type { Planned } from "../../provider/fleet/event";
import type { RolloutPlan } from "../../provider/fleet/plan";
import { RolloutRecord } from "../../provider/fleet/record";
import type { AssessmentV1 } from "../../provider/render/assessment/assessment-v1";
import { fleetReportV1 } from "../../provider/report/fleet-report-v1";
import { reportOf } from "../../provider/rollout/report";

const jail = (state: AssessmentV1["state"]): AssessmentV1 => ({
  version: 1,
  root: "/srv",
  machine: "m",
  state,
  differences: [],
  findings: [],
});
const jails: Record<string, AssessmentV1[]> = { a: [jail("drifted")], b: [jail("in-sync")], c: [jail("not-checked")] };

function reportIn(mode: RolloutPlan["mode"]) {
  const units = ["a", "b", "c", "d", "e"];
  const plan: RolloutPlan = {
    mode,
    width: 1,
    maxFailures: 0,
    waves: [{ name: "all", isCanary: true, units, gates: ["tcp 53", "soak 5s"], needsApproval: true }],
  };
  const planned: Planned = { record: "pulumi-chroot rollout", version: 1, at: "1", plan };
  const record = new RolloutRecord(plan);
  record.add({ event: "approved", at: "1", wave: "all", by: "me" });
  for (const unit of units.slice(0, 4)) {
    record.add({ event: "started", at: "2", unit });
    const outcome = unit === "d" ? ({ outcome: "failed", why: "it broke" } as const) : ({ outcome: "done" } as const);
    record.add({ event: "ended", at: "3", unit, ...outcome, ...(unit === "a" ? { isChanged: true } : {}) });
  }
  record.add({ event: "gated", at: "4", wave: "all", gate: "tcp 53", isOpen: true });
  return reportOf(planned, record, {
    name: "dns",
    ended: "5",
    stopped: { cause: "failures" },
    joined: ["f"],
    stackOf: (unit) => `stack-${unit}`,
    jailsOf: (unit) => jails[unit] ?? [],
  });
}

test("the report of a rollout tells of each host and each wave", () => {
  const report = reportIn("up");
  expect(fleetReportV1.parse(report)).toStrictEqual(report);
  expect(report).toMatchObject({ report: "rollout", name: "dns", started: "1", ended: "5" });
  expect(report.stopped).toBe("more than 0 units failed (maxFailures)");
  expect(report.hosts.map(({ outcome }) => outcome)).toStrictEqual([
    "repaired",
    "in-sync",
    "not-checked",
    "failed",
    "waiting",
    "waiting",
  ]);
  // A unit that this rollout has not looked at must not be missing: the others would speak for it.
  expect(report.hosts[5]).toStrictEqual({
    name: "f",
    stack: "stack-f",
    outcome: "waiting",
    why: "it joined the fleet after the start of this rollout: the next rollout has it",
    jails: [],
  });
  expect(report.hosts[3]).toStrictEqual({
    name: "d",
    stack: "stack-d",
    wave: "all",
    outcome: "failed",
    why: "it broke",
    started: "2",
    ended: "3",
    jails: [],
  });
  expect(report.waves).toStrictEqual([
    {
      name: "all",
      isCanary: true,
      hosts: ["a", "b", "c", "d", "e"],
      approvedBy: "me",
      gates: [{ name: "tcp 53", isOpen: true, at: "4" }, { name: "soak 5s" }],
    },
  ]);
});

test("a preview reports drift where `up` would change a unit", () => {
  const { report, hosts } = reportIn("preview");
  expect([report, hosts[0]?.outcome]).toStrictEqual(["preview", "drifted"]);
});
