import { type Finding, isRefusal, isUnchecked } from "../../provider/intent/finding";
import type { FindingId } from "../../provider/intent/finding-kinds";
import type { Plan } from "../../provider/plan/plan";
import { findingText } from "../../provider/render/text/findings/finding-text";

/** Why resources cannot be converged, in words. */
export function refusalTexts({ findings }: Pick<Plan, "findings">): string[] {
  return findings.filter(isRefusal).map((one) => findingText(one));
}

/** Parts of a jail that were not checked. */
export function uncheckedIn({ findings }: Pick<Plan, "findings">): Finding[] {
  return findings.filter(isUnchecked);
}

/** The paths that findings of one id are about. */
export function pathsOf({ findings }: Pick<Plan, "findings">, id: FindingId): string[] {
  return findings.flatMap((one) => (one.id === id && one.at !== undefined ? [one.at] : []));
}
