import { z } from "zod";
import { assessmentV1 } from "../render/assessment/assessment-v1";

/** The end of a host, worst first. `repaired`: `up` has changed it; `waiting`: its wave has not begun; `gone`: no longer in the fleet. */
export const outcomes = [
  "failed",
  "refused",
  "unreachable",
  "not-checked",
  "drifted",
  "waiting",
  "gone",
  "repaired",
  "in-sync",
] as const;

/** A host as JSON, in a report and on a line of its own. */
export const hostV1 = z.object({
  name: z.string().describe("The host's name in the fleet; the name of the unit in a rollout."),
  stack: z.exactOptional(z.string()).describe("The stack that declares its jails."),
  wave: z.exactOptional(z.string()),
  outcome: z.enum(outcomes).describe("Worst first."),
  why: z.exactOptional(z.string()).describe("Why it failed, was refused or could not be reached."),
  started: z.exactOptional(z.string()).describe("ISO 8601, UTC."),
  ended: z.exactOptional(z.string()).describe("ISO 8601, UTC."),
  jails: z
    .array(assessmentV1)
    .describe("Its jails as they were before any repair of this run; empty where none was looked at."),
});

const waveV1 = z.object({
  name: z.string(),
  isCanary: z.boolean(),
  hosts: z.array(z.string()),
  approvedBy: z.exactOptional(z.string()),
  gates: z.array(
    z.object({
      name: z.string(),
      isOpen: z.exactOptional(z.boolean()).describe("Absent where the gate has not run."),
      why: z.exactOptional(z.string()),
      at: z.exactOptional(z.string()).describe("When it ended: ISO 8601, UTC."),
    }),
  ),
});

/** A drift report or a rollout's report as JSON, version 1: `schema/fleet-report.v1.json` is made of this. */
export const fleetReportV1 = z.object({
  version: z.literal(1),
  report: z.enum(["drift", "preview", "rollout"]),
  name: z.string().describe("The fleet's or the project's name."),
  started: z.string().describe("ISO 8601, UTC."),
  ended: z.string().describe("ISO 8601, UTC."),
  stopped: z.exactOptional(z.string()).describe("Why a rollout ended before its last wave."),
  hosts: z.array(hostV1),
  waves: z.array(waveV1).describe("In their order; empty for a drift report."),
});

export type FleetReport = z.output<typeof fleetReportV1>;
export type HostReport = FleetReport["hosts"][number];
export type WaveReport = FleetReport["waves"][number];
export type HostOutcome = HostReport["outcome"];
