import type { Owner } from "../intent/claim";
import { rootOf } from "../observe/observation";
import { type Step, steps } from "../plan/steps";
import type { View } from "./view";

/** How it is after a repair. The errors are of single paths; what they left undone the view tells. */
export interface Repaired {
  readonly view: View;
  readonly errors: readonly string[];
  /** Something is unmounted, and what was below is seen. */
  readonly isUncovered: boolean;
}

/** A mode that the daemon sets back as it likes, being the owner: once more would change nothing. */
export function isOwnersAlone({ path, action, owner, acl, capabilities }: Step, { observation }: View): boolean {
  if (action !== "set") return false;
  const uid = observation.entries.get(path)?.uid ?? 0;
  return uid !== 0 && owner === undefined && acl === undefined && capabilities === undefined;
}

/** What is to be done for some owners; nothing before there is a root. */
export function stepsFor({ observation, plan }: View, owners: readonly Owner[]): Step[] {
  return rootOf(observation) ? steps(plan, owners) : [];
}

/** Whether something goes to the quarantine for it: where it is then only the host knows. */
export function movesAway({ action, isInTheWay }: Step): boolean {
  return action === "away" || action === "replace" || isInTheWay === true;
}
