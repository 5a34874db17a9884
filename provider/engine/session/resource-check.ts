import type { Declaration } from "../../intent/declaration";
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
  const seen = await reportOn(declaration.owner, () => session.view());
  const known = isDeclaredAnew ? seen : addRecordTrouble(declaration, seen, session.program.view());
  const look = await withProcesses(declaration, known, session);
  session.program.checks.put(declaration.owner.token ?? "", look.texts.size > 0 || look.host !== undefined);
  if (preview && urn !== undefined)
    await logPreview({ site: session.site, urn, log: session.log }, look, declaration, session);
  return look;
}

/** Adds the processes that run in the jail, for a resource that declares them. */
async function withProcesses(
  declaration: Declaration,
  look: ResourceReport,
  session: JailSession,
): Promise<ResourceReport> {
  if (!look.view || !declaresProcesses(declaration)) return look;
  const { root } = session.site;
  const running = () => session.running();
  const processes = await reportProcesses(declaration, look.view, root, running);
  const why = await renumberingProblem(declaration, look.view, root, running);
  if (why !== undefined) return { ...look, host: `refused: ${why}`, processes };
  const isDrift = failsOnStaleProcess(declaration);
  const texts = isDrift ? new Map([...look.texts, ...processDriftTexts(processes)]) : look.texts;
  return { ...look, texts, processes };
}
