import { type Finding, isRefusal, isUnchecked } from "../../intent/finding";
import type { Merged } from "../../intent/merge";
import { type Owner, sameOwner } from "../../intent/owner";
import type { Observation } from "../../observe/observation";
import type { Difference } from "../../plan/difference";
import type { Plan } from "../../plan/plan";
import { refusalTexts } from "../../render/text/findings/refusal-texts";

/** The knowledge about a jail at one moment: the intent, the state of the host, and their differences. */
export interface Assessment {
  readonly merged: Merged;
  readonly observation: Observation;
  readonly plan: Plan;
}

export function differencesOf({ plan: { differences } }: Assessment, owner: Owner): Difference[] {
  return differences.filter((difference) => sameOwner(difference.owner, owner));
}

/** The findings of a resource, with the findings that concern every resource of the jail. */
export function findingsOf({ plan: { findings } }: Assessment, owner: Owner): Finding[] {
  return findings.filter(({ by }) => by === undefined || sameOwner(by, owner));
}

/** Parts of a resource that the look did not see, understand or finish. */
export function uncheckedOf(assessment: Assessment, owner: Owner): Finding[] {
  return findingsOf(assessment, owner).filter((finding) => isUnchecked(finding) && finding.accepted === undefined);
}

/** Why a resource cannot be converged, in words; empty when it can. */
export function refusalsOf(assessment: Assessment, owner: Owner): string[] {
  return refusalTexts(findingsOf(assessment, owner).filter(isRefusal));
}
