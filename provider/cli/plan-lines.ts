import type { PlannedWave, RolloutPlan } from "../fleet/plan";
import { printable } from "../model/bytes";
import { counted } from "../model/counted";

const SHOWN = 4;

/** The plan of a rollout in numbers, as it is printed before anything starts. */
export function planLines(name: string, plan: RolloutPlan): string[] {
  const { waves, maxFailures, maxUnreachable, width, mode } = plan;
  const total = waves.reduce((sum, { units }) => sum + units.length, 0);
  const columns = Math.max(4, ...waves.map((wave) => wave.name.length));
  const unreachable = maxUnreachable === undefined ? "any number" : `${maxUnreachable}`;
  const head = `${name}: ${mode === "up" ? "rollout" : "preview"} of ${counted(total, "unit")} in ${counted(waves.length, "wave")}, at most ${width} at once`;
  const budget = `Stops after more than ${maxFailures} failed; unreachable: ${unreachable} tolerated, each tried once more at the end.`;
  return [head, ...waves.map((wave) => waveLine(wave, columns, mode)), ...(mode === "up" ? [budget] : [])].map(
    printable,
  );
}

function waveLine(
  { name, units, gates, isCanary, maxFailures, needsApproval }: PlannedWave,
  columns: number,
  mode: RolloutPlan["mode"],
): string {
  const shown = units.slice(0, SHOWN).join(", ");
  const more = units.length > SHOWN ? ` and ${units.length - SHOWN} more` : "";
  const notes = [
    ...(isCanary ? ["canary"] : []),
    ...(maxFailures === undefined || mode === "preview" ? [] : [`tolerates ${maxFailures} failed`]),
    ...(needsApproval ? ["needs an approval"] : []),
    ...gates.map((gate) => `then gate ${gate}`),
  ];
  const told = units.length === 0 ? ["skipped: it has no unit"] : [`${shown}${more}`, ...notes];
  return `  ${name.padEnd(columns)}  ${String(units.length).padStart(5)}  ${told.join("; ")}`;
}
