import type { Planned } from "../fleet/event";
import type { StopCause } from "../fleet/next-step";
import type { RolloutPlan } from "../fleet/plan";
import type { RolloutRecord, UnitRecord } from "../fleet/record";
import { stopText } from "../fleet/texts";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";
import type { FleetReport, HostOutcome, HostReport, WaveReport } from "../report/fleet-report-v1";

/** Facts of a rollout that its record does not have. */
export interface ReportFacts {
  readonly name: string;
  readonly ended: string;
  readonly stopped: StopCause | undefined;
  /** Units of the fleet that its plan does not have. */
  readonly joined: readonly string[];
  stackOf(unit: string): string;
  jailsOf(unit: string): readonly AssessmentV1[];
}

/** The report of a rollout that has ended or stopped. */
export function reportOf({ at: started, plan }: Planned, record: RolloutRecord, facts: ReportFacts): FleetReport {
  const { name, ended, stopped } = facts;
  const waveOf = new Map(plan.waves.flatMap((wave) => wave.units.map((unit) => [unit, wave.name] as const)));
  const ofPlan = ([unit, state]: [string, UnitRecord]): HostReport => {
    // A unit that has not been looked at in this rollout may have the files of an earlier one.
    const jails = state.ended === undefined ? [] : [...facts.jailsOf(unit)];
    const wave = waveOf.get(unit);
    const { why, started: begin, ended: end } = state;
    return {
      name: unit,
      stack: facts.stackOf(unit),
      ...(wave === undefined ? {} : { wave }),
      outcome: outcomeOf(state, jails, plan),
      ...(why === undefined ? {} : { why }),
      ...(begin === undefined ? {} : { started: begin }),
      ...(end === undefined ? {} : { ended: end }),
      jails,
    };
  };
  // This rollout has not looked at it: without a line, the end of all others would stand for it.
  const ofFleet = (unit: string): HostReport => {
    const why = "it joined the fleet after the start of this rollout: the next rollout has it";
    return { name: unit, stack: facts.stackOf(unit), outcome: "waiting", why, jails: [] };
  };
  return {
    version: 1,
    report: plan.mode === "up" ? "rollout" : "preview",
    name,
    started,
    ended,
    ...(stopped ? { stopped: stopText(stopped, plan) } : {}),
    hosts: [...[...record.units].map(ofPlan), ...facts.joined.map(ofFleet)],
    waves: plan.waves.map((wave): WaveReport => {
      const approvedBy = record.approvedBy(wave);
      return {
        name: wave.name,
        isCanary: wave.isCanary,
        hosts: [...wave.units],
        ...(approvedBy === undefined ? {} : { approvedBy }),
        gates: wave.gates.map((gate) => ({ name: gate, ...record.gate(wave, gate) })),
      };
    }),
  };
}

function outcomeOf(
  { state, isChanged }: UnitRecord,
  jails: readonly AssessmentV1[],
  { mode }: RolloutPlan,
): HostOutcome {
  if (state === "running") return "waiting";
  if (state !== "done") return state;
  if (mode === "up" && isChanged) return "repaired";
  if (jails.some((jail) => jail.state === "not-checked")) return "not-checked";
  return isChanged ? "drifted" : "in-sync";
}
