import type { Finding, FindingOf } from "../../../intent/finding";
import { ownerKey } from "../../../intent/owner";
import { show } from "../../../model/bytes";
import { groupBy } from "../../../model/group-by";
import { findingText } from "./finding-text";
import { conflictSentence } from "./refusals";
import { lineOf } from "./sentence";

type Conflict = FindingOf<"conflict">;

/** The most paths of a conflict that are named. */
const mostPaths = 3;

/** The worst field first: one that may give root's rights. */
const fields: readonly Conflict["evidence"]["field"][] = ["capabilities", "special", "acl", "mode", "owner", "group"];

/** Refusals in words. Two resources may contradict each other on any number of paths: that is a sentence for each field. */
export function refusalTexts(refusals: readonly Finding[]): string[] {
  const conflicts = refusals
    .filter((one) => one.id === "conflict")
    .sort((one, other) => fields.indexOf(one.evidence.field) - fields.indexOf(other.evidence.field));
  const others = refusals.filter((one) => one.id !== "conflict");
  const groups = groupBy(conflicts, ({ evidence: { field, claims } }) =>
    [field, ...claims.map(ownerKey).sort()].join("\0"),
  );
  const texts = [...groups.values()].flatMap(([first, ...more]) => (first ? [conflictText(first, more)] : []));
  return [...others.map((one) => findingText(one)), ...texts];
}

/** `more` are conflicts of the same two resources about the same field. */
function conflictText(first: Conflict, more: readonly Conflict[]): string {
  const all = [first, ...more];
  // By name, as the order of a scan differs from host to host.
  const paths = [...new Set(all.flatMap(({ at }) => at ?? []))].sort();
  const named = paths.slice(0, mostPaths).map(show);
  const left = paths.length - named.length;
  const last = left > 0 ? `${left.toLocaleString("en-US")} more` : named.pop();
  const places = [named.join(", "), last].filter(Boolean).join(" and ");
  const hasGlob = all.some(({ evidence }) => evidence.hasGlob);
  return lineOf(conflictSentence({ ...first.evidence, hasGlob }, places));
}
