import type { PlannedWave } from "../fleet/plan";
import type { RolloutRecord } from "../fleet/record";
import { printable } from "../model/bytes";

const MAX_IN_FLIGHT = 8;
const MAX_FAILURES = 5;
const BAR = 20;

/** A rollout in flight, as lines for a terminal: its waves, the units that run with their phases, and the last failures. */
export function progressLines(record: RolloutRecord, phases: ReadonlyMap<string, string>): string[] {
  const width = Math.max(...record.plan.waves.map(({ name }) => name.length));
  return [
    ...record.plan.waves.map((wave) => waveLine(wave, record, width)),
    ...inFlightLines(record, phases),
    ...failureLines(record),
  ];
}

function waveLine(wave: PlannedWave, record: RolloutRecord, width: number): string {
  const total = wave.units.length;
  const ended = total - record.count("waiting", wave) - record.count("running", wave);
  const filled = total === 0 ? BAR : Math.round((ended / total) * BAR);
  const bar = `${"#".repeat(filled)}${".".repeat(BAR - filled)}`;
  const gates = wave.gates.map((gate) => {
    const result = record.gate(wave, gate);
    return result === undefined ? gate : `${gate} ${result.isOpen ? "open" : "CLOSED"}`;
  });
  const told = gates.length > 0 ? `  gates: ${gates.join(", ")}` : "";
  return printable(`${wave.name.padEnd(width)}  ${bar}  ${ended}/${total}${told}`);
}

function inFlightLines(record: RolloutRecord, phases: ReadonlyMap<string, string>): string[] {
  const running = [...record.units].filter(([, { state }]) => state === "running").map(([name]) => name);
  const shown = running.slice(0, MAX_IN_FLIGHT).map((name) => `  ${printable(name)}: ${phases.get(name) ?? "starts"}`);
  return running.length > MAX_IN_FLIGHT ? [...shown, `  and ${running.length - MAX_IN_FLIGHT} more in flight`] : shown;
}

/** The latest failures; the report has all of them. */
function failureLines(record: RolloutRecord): string[] {
  const failed = [...record.units].filter(([, { state }]) => ["failed", "refused", "unreachable"].includes(state));
  if (failed.length === 0) return [];
  const lines = failed.slice(-MAX_FAILURES).map(([name, { state, why = "" }]) => `  ${name}: ${state}: ${why}`);
  const { maxFailures } = record.plan;
  return [
    `${record.failures()} failed (${maxFailures} tolerated), ${record.count("unreachable")} unreachable`,
    ...lines.map(printable),
  ];
}
