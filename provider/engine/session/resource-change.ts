import { formatSite } from "../../agent/site";
import { ChrootError } from "../../errors";
import type { Declaration } from "../../intent/declaration";
import { findingText } from "../../render/text/findings/finding-text";
import { renumberingText } from "../../render/text/findings/renumbering";
import {
  declaresProcesses,
  failsOnStaleProcess,
  processDriftTexts,
  renumberingProblem,
  reportProcesses,
} from "../assess/processes";
import type { Outcome } from "../converge/job";
import { staleProcessError } from "../converge/resource-errors";
import { logRepairs } from "../report/repair-lines";
import { reportOn } from "../report/resource-report";
import type { JailSession } from "./jail-session";

/** The end of a resource's change, with findings about the processes in its jail. */
export interface Change extends Outcome {
  readonly findings: readonly string[];
}

/** Makes the host as a resource declares it, and looks at the processes of its jail before and after. */
export async function changeResource(
  session: JailSession,
  declaration: Declaration,
  isCommandSecret: boolean,
  urn: string | undefined,
): Promise<Change> {
  const { site, log } = session;
  const where = formatSite(site);
  const stale = await findStale(session, declaration).catch((error: unknown) => {
    throw error instanceof ChrootError ? error.at(where) : error;
  });
  const outcome = await session.converge(declaration, { isStale: stale.length > 0, isCommandSecret });
  if (urn !== undefined) await logRepairs({ site, urn, log }, outcome);
  const { assessment } = outcome;
  if (outcome.error || !assessment || !declaresProcesses(declaration)) return { ...outcome, findings: [] };
  const processes = await reportProcesses(declaration, assessment, site.root, () => session.running());
  const [left, ...more] = failsOnStaleProcess(declaration) ? processDriftTexts(processes).values() : [];
  const error = left && staleProcessError(declaration.owner.label, where, left, more.length);
  return {
    ...outcome,
    findings: processes.findings.map((finding) => findingText(finding)),
    ...(error ? { error } : {}),
  };
}

/**
 * Gives the processes that are not as declared, or were not seen, for a resource that counts them as drift. Rejects where a
 * running process forbids the change.
 */
async function findStale(session: JailSession, declaration: Declaration): Promise<string[]> {
  if (!declaresProcesses(declaration)) return [];
  const { root } = session.site;
  const { assessment } = await reportOn(declaration.owner, () => session.assess());
  if (!assessment) return [];
  const running = () => session.running();
  const renumbering = await renumberingProblem(declaration, assessment, root, running);
  if (renumbering) {
    const what = `${declaration.owner.label} is refused`;
    throw new ChrootError("refused", { what, where: root, why: renumberingText(renumbering) });
  }
  if (!failsOnStaleProcess(declaration)) return [];
  return [...processDriftTexts(await reportProcesses(declaration, assessment, root, running)).keys()];
}
