import { type Finding, isRefusal, isUnchecked } from "../../intent/finding";
import { severities } from "../../intent/finding-kinds";
import type { Observation } from "../../observe/observation";
import type { Plan } from "../../plan/plan";
import { byWeight } from "../../plan/weight";
import { differenceText } from "../text/difference-text";
import { sentenceOf } from "../text/findings/finding-text";
import type { AssessmentV1 } from "./assessment-v1";

/** A jail, as messages name it. */
export interface JailName {
  readonly host: string;
  readonly root: string;
}

/** The assessment of a jail as a value that can be written: the findings of `plan` and of its processes, worst first. */
export function assessmentOf(
  { host, root }: JailName,
  observation: Observation,
  { differences, findings }: Plan,
  processes: readonly Finding[],
): AssessmentV1 {
  const all = [...findings, ...processes].sort(worstFirst);
  return {
    version: 1,
    host,
    root,
    machine: observation.machineId,
    state: stateOf(all, differences.length, observation),
    differences: [...differences].sort(byWeight).map((difference) => {
      const { path, owner: by, reason, weight, blocked } = difference;
      const { live, declared } = differenceText(difference, observation);
      const isBlocked = blocked === undefined ? {} : { isBlocked: true as const };
      return { path, by, reason, weight: weight?.class ?? "other", live, declared, ...isBlocked };
    }),
    findings: all.map((one) => {
      const { what: text, remedy } = sentenceOf(one, observation.principals);
      return { ...one, text, ...(remedy === undefined ? {} : { remedy }) };
    }),
  };
}

/** The assessment of a jail that could not be looked at. */
export function unseenAssessment({ host, root }: JailName): AssessmentV1 {
  return { version: 1, host, root, machine: "", state: "not-checked", differences: [], findings: [] };
}

/** Then by path: new findings have no place of their own in a file. */
function worstFirst(one: Finding, other: Finding): number {
  const [at, otherAt] = [one.at ?? "", other.at ?? ""];
  const byPath = at < otherAt ? -1 : Number(at > otherAt);
  return severities.indexOf(one.severity) - severities.indexOf(other.severity) || byPath;
}

function stateOf(
  findings: readonly Finding[],
  differences: number,
  { leftSealed, records }: Observation,
): AssessmentV1["state"] {
  if (findings.some(isRefusal)) return "refused";
  const isOpen = (one: Finding) => isUnchecked(one) && one.accepted === undefined;
  const isUnfinished = leftSealed.length > 0 || records.some(({ pending, unproved }) => pending || unproved);
  if (findings.some(isOpen) || isUnfinished) return "not-checked";
  return differences > 0 ? "drifted" : "in-sync";
}
