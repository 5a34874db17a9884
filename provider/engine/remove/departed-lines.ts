import { formatPlace, type Site } from "../../agent/site";
import { formatOwner } from "../../intent/owner";
import { show } from "../../model/bytes";
import { differenceText } from "../../render/text/difference-text";
import { stayText } from "../../render/text/removal";
import type { Severity } from "../log/log";
import type { Departed } from "./made-things";

/** The end of each file of a deleted resource, in lines for people. A file that should have gone is worth a warning. */
export function departedLines(
  site: Site,
  { removed, stays, observation }: Departed,
): { severity: Severity; text: string }[] {
  const gone = removed.map((difference) => {
    const { live, declared } = differenceText(difference, observation);
    return {
      severity: "info" as const,
      text: `${formatPlace(site, difference.path)} was ${live}, is now ${declared} (${formatOwner(difference.owner)} is deleted)`,
    };
  });
  const staying = stays.map(({ path, why, backup }) => {
    const isMeant = why.is === "there before" || why.is === "declared";
    const copy = backup === undefined ? "" : `; a copy of what was replaced there last is ${show(backup)}`;
    return {
      severity: isMeant ? ("info" as const) : ("warning" as const),
      text: `${formatPlace(site, path)} stays, as it ${stayText(why)}${copy}`,
    };
  });
  return [...gone, ...staying];
}
