import { show } from "../../model/bytes";
import type { Difference } from "../../plan/difference";
import { byWeight } from "../../plan/weight";
import { differenceText } from "../../render/text/difference-text";
import { groupName, groupText } from "../../render/text/group-text";
import type { Group } from "../../render/text/summary";
import type { Assessment } from "../assess/assessment";
import { writeWhole } from "./whole-list";

/** Lines for one resource. Lines that must never be cut may exceed it, and the rest is grouped. */
export const lineLimit = 20;

export function groupLines(groups: readonly Group[], assessment: Assessment): string[] {
  return groups.map((group) => groupLine(group, assessment));
}

export function groupLine(group: Group, { observation }: Assessment): string {
  return `${groupName(group)}: ${groupText(group, observation).pair}`;
}

/** The place of the whole list, if some of it is told in groups. */
export function wholeList(
  urn: string,
  kind: "drift" | "repaired",
  differences: readonly Difference[],
  { observation }: Assessment,
): string {
  const lines = [...differences].sort(byWeight).map((difference) => {
    const { live, declared, marks } = differenceText(difference, observation);
    return `${show(difference.path)}: ${live} => ${declared}${marks} (${difference.reason})`;
  });
  const count = `${lines.length.toLocaleString("en-US")} paths ${kind === "drift" ? "differ" : "were repaired"}`;
  return `${count}; ${writeWhole(urn, kind, lines)}`;
}
