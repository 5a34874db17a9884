import { declarationOf, type Fleet, unitsOfFleet } from "../fleet/fleet";
import { fleetMistake } from "../fleet/fleet-arguments";
import { gateName } from "../fleet/gate-name";
import { planRollout, type RolloutPlan } from "../fleet/plan";
import { mistakeText } from "../fleet/texts";
import type { RolloutOptions } from "./options";
import { stackName } from "./stack-name";
import { defaultWidth } from "./width";

/** Waves, budgets and width of a fleet's rollout in numbers. Throws for a fleet that cannot be meant. */
export function planFleet(
  fleet: Fleet,
  { mode = "up", width }: Pick<RolloutOptions, "mode" | "width"> = {},
): RolloutPlan {
  const mistake = fleetMistake(fleet);
  if (mistake !== undefined) throw new Error(`the fleet is refused: ${mistake}`);
  const units = [...unitsOfFleet(fleet).values()];
  const stacks = new Map<string, string>();
  for (const { name } of units) {
    const other = stacks.get(stackName(name));
    if (other !== undefined)
      throw new Error(
        `the fleet is refused: units: the stacks of ${other} and ${name} would have one name: rename one`,
      );
    stacks.set(stackName(name), name);
  }
  const planned = planRollout(units, declarationOf(fleet, mode, width ?? fleet.width ?? defaultWidth(), gateName));
  if ("mistake" in planned) throw new Error(`the fleet is refused: ${mistakeText(planned)}`);
  return planned;
}
