import type { Owner } from "../../intent/owner";
import { rootOf } from "../../observe/observation";
import { type Step, steps } from "../../plan/steps";
import type { Assessment } from "../assess/assessment";

/** The result of a repair. Each error concerns one path; the assessment shows the differences that it leaves. */
export interface Repaired {
  readonly assessment: Assessment;
  readonly errors: readonly string[];
  /** A mount was removed, and the entries below it are visible. */
  readonly isUncovered: boolean;
}

/** A mode that the daemon, as the owner, sets back at will: changing it once more would be useless. */
export function isOwnersModeAlone(
  { path, action, owner, acl, capabilities }: Step,
  { observation }: Assessment,
): boolean {
  if (action !== "set") return false;
  const uid = observation.entries.get(path)?.uid ?? 0;
  return uid !== 0 && owner === undefined && acl === undefined && capabilities === undefined;
}

/** The steps to take for some owners; none before there is a root. */
export function stepsFor({ observation, plan }: Assessment, owners: readonly Owner[]): Step[] {
  return rootOf(observation) ? steps(plan, owners) : [];
}

/** Whether a step moves an entry to the quarantine: only the host knows its new name. */
export function movesAway({ action, isInTheWay }: Step): boolean {
  return action === "away" || action === "replace" || isInTheWay === true;
}
