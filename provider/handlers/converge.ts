import type { Agent } from "../agent/agent";
import { applySteps, dropRecords, prepareRegistry, putRecords } from "../agent/apply";
import { lockRegistry, look, withAgent, withRegistry } from "../agent/observe";
import { formatSite, type Site } from "../agent/site";
import { ChrootError } from "../errors";
import type { Owner } from "../intent/claim";
import { type Declaration, type RegistryRecord, succeed, toRecord } from "../intent/declaration";
import type { ProgramView } from "../intent/merge";
import { show } from "../model/bytes";
import { type Observation, rootOf } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { steps } from "../plan/steps";
import { differenceText } from "../render/text";
import { kinds } from "../resources/kinds";
import { differencesOf, refusalsOf, type View, viewOf } from "./view";

/** How one resource's convergence ended. */
export interface Outcome {
  readonly view?: View;
  /** The record was written: the resource exists, whatever else went wrong. */
  readonly recorded: boolean;
  readonly error?: Error;
  /** What was not as declared when the run began, and is now. */
  readonly repaired?: readonly Difference[];
}

/** A resource that waits to be converged. */
export interface Job {
  readonly declaration: Declaration;
  readonly resolve: (outcome: Outcome) => void;
  recorded: boolean;
}

/**
 * Converges some resources of one jail in one run: lock, observe again (a preview is never trusted), plan, apply what
 * belongs to these resources, observe, and expect nothing to be left. Gives the last view, if the host was reached.
 */
export async function converge(
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  preview: View,
): Promise<View | undefined> {
  const waiting = refuse(site, jobs, preview); // What preview refused is refused without touching the host.
  if (waiting.length === 0) return undefined;
  return withAgent(site, async (agent) => {
    await prepareRegistry(agent, site);
    const registry = await lockRegistry(agent, site, "-x");
    const before = await viewOf(site, program, withRegistry(await look(agent, site), registry));
    const allowed = refuse(site, waiting, before);
    if (allowed.length === 0) {
      await dropRecords(agent, site, ["none"]); // Leaves no registry behind where there was none.
      return before;
    }
    const after = await apply(agent, site, program, allowed, before);
    for (const { declaration, resolve } of allowed) {
      const error = unfinished(site, after, declaration.owner);
      if (error) resolve({ view: after, recorded: true, error });
      else resolve({ view: after, recorded: true, repaired: differencesOf(before, declaration.owner) });
    }
    return after;
  });
}

/** Ends the jobs that must not go on, and gives the others. */
function refuse(site: Site, jobs: readonly Job[], view: View): Job[] {
  return jobs.filter(({ declaration, resolve }) => {
    const refusals = refusalsOf(view, declaration.owner);
    if (refusals.length === 0) return true;
    const what = `${declaration.owner.label} is refused`;
    resolve({
      view,
      recorded: false,
      error: new ChrootError("refused", { what, where: formatSite(site), why: refusals.join("; ") }),
    });
    return false;
  });
}

async function apply(
  agent: Agent,
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  before: View,
): Promise<View> {
  const records = await register(agent, site, program, jobs, before.observation);
  const lookAgain = async (options: { make: boolean }) => {
    const { damaged } = before.observation;
    return viewOf(site, program, { ...(await look(agent, site, options)), records, damaged });
  };
  const make = !rootOf(before.observation) && jobs.some(({ declaration }) => kinds.get(declaration.kind)?.declaresJail);
  const now = make ? await lookAgain({ make }) : before;
  if (!rootOf(now.observation)) return now; // Only the Jail makes its root.
  const todo = steps(
    now.plan,
    jobs.map(({ declaration }) => declaration.owner),
  );
  if (todo.length === 0) return { ...now, observation: { ...now.observation, records } };
  await applySteps(agent, site, todo);
  return lookAgain({ make: false });
}

/** Records come first: from then on the resources are known, and whatever is cut short the next run finishes. */
async function register(
  agent: Agent,
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  { records, machineId }: Observation,
): Promise<RegistryRecord[]> {
  const stack = program.stack ?? "";
  const written = jobs.map(({ declaration }) => toRecord(declaration, declaration.owner.token ?? "", stack, machineId));
  const { kept, stale } = succeed(records, written);
  await putRecords(agent, site, written);
  await dropRecords(
    agent,
    site,
    stale.map(({ token }) => token),
  );
  for (const job of jobs) job.recorded = true;
  return [...kept, ...written];
}

/** What a resource has left undone, as an error that names it. */
function unfinished(site: Site, view: View, owner: Owner): Error | undefined {
  const left = differencesOf(view, owner);
  const [first] = left;
  if (!first) return undefined;
  const texts = left.slice(0, 3).map((difference) => {
    const { live, declared, marks } = differenceText(difference, view.observation.principals);
    return `${show(difference.path)} is ${live}, declared ${declared}${marks}`;
  });
  if (left.length > texts.length) texts.push(`and ${left.length - texts.length} more`);
  const remedy = first.blocked
    ? "remove the names outside, or exclude the path"
    : "something changes it at the same time: find out what, then run pulumi up again";
  const what = `${owner.label} is not converged`;
  return new ChrootError("not-converged", { what, where: formatSite(site), why: texts.join("; "), remedy });
}
