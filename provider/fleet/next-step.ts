import type { PlannedWave } from "./plan";
import type { RolloutRecord } from "./record";

/** The reason why a rollout ended before its last wave. */
export type StopCause =
  | { readonly cause: "failures" | "unreachable" }
  | { readonly cause: "wave-failures"; readonly wave: string }
  | { readonly cause: "gate"; readonly wave: string; readonly gate: string }
  | { readonly cause: "approval"; readonly wave: string }
  | { readonly cause: "request" };

/** The next thing that a rollout does. `wait`: until a unit in flight ends. */
export type Step =
  | { readonly step: "start"; readonly unit: string }
  | { readonly step: "wait" }
  | { readonly step: "approve"; readonly wave: string }
  | { readonly step: "gate"; readonly wave: string; readonly gate: string }
  | { readonly step: "end"; readonly stopped?: StopCause };

/**
 * The next step of a rollout: waves in their order, the units of one wave at once, then its gates, one after the other. At the end
 * it tries each unit again that could not be reached, once. Where a try changes a wave, the wave's gates run again.
 */
export function nextStep(record: RolloutRecord): Step {
  const isInFlight = record.count("running") > 0;
  const stopped = stopCause(record);
  if (stopped) return isInFlight ? { step: "wait" } : { step: "end", stopped };
  for (const wave of record.plan.waves) {
    const step = stepOf(wave, record);
    if (step) return step;
  }
  const again = unitToRetry(record);
  if (again !== undefined && hasRoom(record)) return { step: "start", unit: again };
  return isInFlight ? { step: "wait" } : { step: "end" };
}

function stopCause(record: RolloutRecord): StopCause | undefined {
  const { waves, maxFailures, maxUnreachable = Number.POSITIVE_INFINITY } = record.plan;
  if (record.failures() > maxFailures) return { cause: "failures" };
  const over = waves.find((wave) => record.failures(wave) > (wave.maxFailures ?? Number.POSITIVE_INFINITY));
  if (over) return { cause: "wave-failures", wave: over.name };
  if (record.count("unreachable") > maxUnreachable) return { cause: "unreachable" };
  for (const wave of waves) {
    const gate = wave.gates.find((one) => record.gate(wave, one)?.isOpen === false);
    if (gate !== undefined) return { cause: "gate", wave: wave.name, gate };
  }
  if (!record.stopping) return undefined;
  const { withoutApproval: wave } = record.stopping;
  return wave === undefined ? { cause: "request" } : { cause: "approval", wave };
}

/** The next step of a wave; undefined where it is done, has no unit, or only tries units again. */
function stepOf(wave: PlannedWave, record: RolloutRecord): Step | undefined {
  if (record.count("gone", wave) === wave.units.length) return undefined;
  if (record.count("waiting", wave) > 0) {
    if (wave.needsApproval && record.approvedBy(wave) === undefined) return { step: "approve", wave: wave.name };
    const unit = wave.units.find((one) => record.units.get(one)?.state === "waiting");
    return unit !== undefined && hasRoom(record) ? { step: "start", unit } : { step: "wait" };
  }
  if (record.count("running", wave) > 0) return isRetrying(record) ? undefined : { step: "wait" };
  const gate = wave.gates.find((one) => record.gate(wave, one) === undefined);
  return gate === undefined ? undefined : { step: "gate", wave: wave.name, gate };
}

function hasRoom(record: RolloutRecord): boolean {
  return record.count("running") < record.plan.width;
}

/** Whether all units have been tried, and those in flight are tried again. */
function isRetrying(record: RolloutRecord): boolean {
  if (record.count("waiting") > 0) return false;
  return [...record.units.values()].every(({ state, tries }) => state !== "running" || tries > 1);
}

function unitToRetry({ units }: RolloutRecord): string | undefined {
  for (const [name, { state, tries }] of units) if (state === "unreachable" && tries === 1) return name;
  return undefined;
}
