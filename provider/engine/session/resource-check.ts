import type { Declaration } from "../../intent/declaration";
import type { Owner } from "../../intent/owner";
import { labelOf, stackOf } from "../../model/urn";
import { renumberingText } from "../../render/text/findings/renumbering";
import {
  declaresProcesses,
  failsOnStaleProcess,
  processDriftTexts,
  renumberingProblem,
  reportProcesses,
} from "../assess/processes";
import { logPreview } from "../report/preview-lines";
import { addRecordTrouble } from "../report/record-lines";
import { type ResourceReport, reportOn } from "../report/resource-report";
import type { JailSession } from "./jail-session";

/** The operation that a door asks for. */
export interface Call {
  /** The resource in the log; without it no line is written. */
  readonly urn?: string;
  /** Nothing is going to be changed: findings go to the log. */
  readonly preview: boolean;
}

/** Compares one resource with its host. `isDeclaredAnew` says that the record cannot match the declaration yet. */
export async function checkResource(
  session: JailSession,
  declaration: Declaration,
  isDeclaredAnew: boolean,
  { urn, preview }: Call,
): Promise<ResourceReport> {
  const compared = await reportOn(declaration.owner, () => session.assess());
  const known = isDeclaredAnew ? compared : addRecordTrouble(declaration, compared, session.program.view());
  const report = await withProcesses(declaration, known, session);
  session.program.checks.put(declaration.owner.token ?? "", report.texts.size > 0 || report.host !== undefined);
  if (preview && urn !== undefined) {
    if (session.isLogged) await logPreview({ site: session.site, urn, log: session.log }, report, declaration, session);
    await writeAssessment(session, urn, report, declaration.owner);
  }
  return report;
}

/** Notes in the jail's assessment for machines that a resource is not checked. */
export function noteUnchecked(session: JailSession, urn: string, host: string): Promise<void> {
  return writeAssessment(session, urn, { assessment: undefined, differences: [], texts: new Map(), host });
}

async function writeAssessment(
  session: JailSession,
  urn: string,
  report: ResourceReport,
  owner: Owner = { label: labelOf(urn) },
): Promise<void> {
  const error = session.reportsOf(stackOf(urn))?.add(owner, report);
  if (error !== undefined) await session.log(urn, "warning", error);
}

/** Adds the processes that run in the jail, for a resource that declares them. */
async function withProcesses(
  declaration: Declaration,
  report: ResourceReport,
  session: JailSession,
): Promise<ResourceReport> {
  if (!report.assessment || !declaresProcesses(declaration)) return report;
  const { root } = session.site;
  const running = () => session.running();
  const processes = await reportProcesses(declaration, report.assessment, root, running);
  const renumbering = await renumberingProblem(declaration, report.assessment, root, running);
  if (renumbering) return { ...report, host: `refused: ${renumberingText(renumbering)}`, processes };
  const isDrift = failsOnStaleProcess(declaration);
  const texts = isDrift ? new Map([...report.texts, ...processDriftTexts(processes)]) : report.texts;
  return { ...report, texts, processes };
}
