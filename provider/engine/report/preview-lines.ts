import { formatPlace, formatSite } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { type Finding, isUnchecked } from "../../intent/finding";
import { formatOwner } from "../../intent/owner";
import { quarantineName } from "../../model/path";
import { stackOf } from "../../model/urn";
import type { Difference } from "../../plan/difference";
import { ageText } from "../../render/text/age";
import { differenceText } from "../../render/text/difference-text";
import { findingLine } from "../../render/text/findings/finding-text";
import { remarks } from "../../render/text/findings/remarks";
import { forecast, type Group } from "../../render/text/summary";
import { kinds } from "../../resources/kinds";
import { type Assessment, findingsOf, uncheckedOf } from "../assess/assessment";
import type { Severity } from "../log/log";
import type { RepeatedText } from "../log/repeated-text";
import { groupLine, lineLimit, wholeList } from "./group-lines";
import { leavingLines, otherFindings } from "./leaving-lines";
import { recordLines } from "./record-lines";
import type { ReportTo } from "./report-to";
import type { ResourceReport } from "./resource-report";

/** The words of a jail's session for its log. */
interface PreviewWords {
  readonly repeated: RepeatedText;
  /** The changes in a text, line by line. */
  changedLines(difference: Difference, assessment: Assessment): Promise<string[]>;
}

/** Writes the findings of a preview under the resource: a line for each path, with host, live, declared, rule and reason. */
export async function logPreview(
  { site, urn, log: write }: ReportTo,
  report: ResourceReport,
  declaration: Declaration,
  session: PreviewWords,
): Promise<void> {
  const place = formatSite(site);
  const placeOf = ({ at }: Finding) => (at === undefined ? place : formatPlace(site, at));
  const { label } = declaration.owner;
  const declaresJail = kinds.get(declaration.kind)?.declaresJail === true;
  // Pulumi checks a resource that it replaces twice.
  const log = async (at: string, severity: Severity, line: string, withoutAge = line) => {
    if (session.repeated.isNew(urn, withoutAge)) await write(at, severity, line);
  };
  const teller = { label, stack: stackOf(urn), declaresJail };
  const host = report.host === undefined ? undefined : session.repeated.once(report.host, teller);
  if (host !== undefined) await log(urn, "warning", `${place}: ${host}`);
  const { assessment, differences } = report;
  if (!assessment) return;
  for (const finding of uncheckedOf(assessment, declaration.owner))
    await log(urn, "warning", `${placeOf(finding)} is not checked: ${findingLine(finding)}`);
  const { each, groups } = forecast(differences, lineLimit);
  for (const difference of each) {
    const { live, declared, marks } = differenceText(difference, assessment.observation);
    const rule = `${formatOwner(difference.owner)}: ${difference.reason}${awayText(difference)}`;
    const changedLines = await session.changedLines(difference, assessment);
    const text = (age: string) =>
      [
        `${formatPlace(site, difference.path)} is ${live}${age}, declared ${declared}${marks} (${rule})`,
        ...changedLines,
      ].join("\n");
    const age = assessment.observation.ages?.get(difference.path);
    await log(urn, "info", text(age === undefined ? "" : ` (changed ${ageText(age)} ago)`), text(""));
  }
  for (const group of groups) {
    const why = group.differences.every(isMoved) ? movedText : reasonText(group);
    await log(urn, "info", `${place}: ${groupLine(group, assessment)}${why}`);
  }
  if (groups.length > 0) await log(urn, "info", `${place}: ${wholeList(urn, "drift", differences, assessment)}`);
  const { findings = [], unchecked } = report.processes ?? {};
  if (unchecked) await log(urn, "warning", `${place} is not checked: ${findingLine(unchecked)}`);
  const shown = findings.filter(({ severity }, index) => severity === "high" || index < lineLimit);
  for (const finding of shown) await log(urn, logSeverity(finding), `${place}: ${findingLine(finding)}`);
  if (findings.length > shown.length)
    await log(urn, "info", `${place}: and ${findings.length - shown.length} more findings about its processes`);
  for (const finding of findingsOf(assessment, declaration.owner))
    if (finding.severity === "medium" || (isUnchecked(finding) && finding.accepted !== undefined))
      await log(
        urn,
        logSeverity(finding),
        `${isUnchecked(finding) ? placeOf(finding) : place}: ${findingLine(finding)}`,
      );
  if (!declaresJail) return;
  for (const line of leavingLines(assessment.plan, site)) await log(urn, "info", line);
  for (const line of [
    ...remarks(otherFindings(assessment.plan), assessment.observation.principals),
    ...recordLines(assessment, site),
  ])
    await log(urn, "info", `${place}: ${line}`);
}

/** A finding that the Jail accepts is no warning. */
function logSeverity({ severity, accepted }: Finding): "info" | "warning" {
  return severity === "low" || accepted !== undefined ? "info" : "warning";
}

/** The rule of a group's entries, where it is one for all. */
function reasonText({ differences: [first, ...more] }: Group): string {
  const isOne = first !== undefined && more.every(({ reason }) => reason === first.reason);
  return isOne ? ` (${formatOwner(first.owner)}: ${first.reason})` : "";
}

/** An entry that is declared absent is not lost. */
function awayText(difference: Difference): string {
  return isMoved(difference) ? `: up moves it to ${quarantineName} in the root` : "";
}

function isMoved({ want, blocked }: Difference): boolean {
  return want.type === "absent" && blocked === undefined;
}

const movedText = `: up moves them to ${quarantineName} in the root`;
