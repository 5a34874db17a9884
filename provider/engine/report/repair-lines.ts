import { bringBack, formatPlace, formatSite } from "../../agent/site";
import { quarantineDays, quarantineName } from "../../model/path";
import { differenceText } from "../../render/text/difference-text";
import { summarize } from "../../render/text/summary";
import type { Outcome } from "../converge/job";
import { groupLines, lineLimit, wholeList } from "./group-lines";
import type { ReportTo } from "./report-to";
/**
 * Writes a line for each path that a change has repaired, and for each that it has left. Pulumi shows no drift in an `up`: its
 * own check keeps drift out of the inputs.
 */
export async function logRepairs(
  { site, urn, log }: ReportTo,
  { assessment, repaired = [], left = [], moved = new Map(), expired = 0 }: Outcome,
): Promise<void> {
  if (!assessment) return;
  const leaving = summarize(left, lineLimit);
  const daemons = "; the daemon may write there: find the process that changed it";
  for (const difference of leaving.each) {
    const { live, declared, marks } = differenceText(difference, assessment.observation);
    const why = difference.blocked === undefined ? ", not repaired: its owner can change it back" : marks;
    await log(urn, "warning", `${formatPlace(site, difference.path)} is ${live}, declared ${declared}${why}${daemons}`);
  }
  for (const line of groupLines(leaving.groups, assessment))
    await log(urn, "warning", `${formatSite(site)}: ${line}, not repaired${daemons}`);
  const { each, groups } = summarize(repaired, lineLimit);
  for (const difference of each) {
    const { live, declared } = differenceText(difference, assessment.observation);
    const name = moved.get(difference.path);
    const back = name === undefined ? "" : `; to bring it back: ${bringBack(site.root, name)}`;
    await log(urn, "info", `${formatPlace(site, difference.path)} was ${live}, is now ${declared}${back}`);
  }
  for (const line of groupLines(groups, assessment)) await log(urn, "info", `${formatSite(site)}: ${line}, repaired`);
  if (groups.length > 0) {
    const index = repaired.some(({ path }) => moved.has(path))
      ? `; ${quarantineName}/index in the root lists the place of each moved entry`
      : "";
    const list = wholeList(urn, "repaired", repaired, assessment);
    await log(urn, "info", `${formatSite(site)}: ${list}${index}`);
  }
  if (expired > 0) {
    const entries = `${expired.toLocaleString("en-US")} ${expired === 1 ? "entry" : "entries"}`;
    const text = `${entries} of ${quarantineName} in the root removed, moved away more than ${quarantineDays} days ago`;
    await log(urn, "info", `${formatSite(site)}: ${text}`);
  }
}
