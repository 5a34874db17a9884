import type { Agent } from "../agent/agent";
import { dropRecords, putRecords, tidyRegistry } from "../agent/apply";
import { lockAndLook, withAgent } from "../agent/observe";
import { formatSite, type Site } from "../agent/site";
import { ChrootError } from "../errors";
import { type Owner, sameOwner } from "../intent/claim";
import { type Declaration, type RegistryRecord, succeed, toRecord } from "../intent/declaration";
import type { ProgramView, Refusal } from "../intent/merge";
import { show } from "../model/bytes";
import { type Observation, rootOf } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { differenceText } from "../render/text";
import { kinds } from "../resources/kinds";
import { writeDocuments } from "./documents";
import { Run } from "./run";
import { differencesOf, refusalsOf, type View } from "./view";

/** How one resource's convergence ended. */
export interface Outcome {
  readonly view?: View;
  /** The record was written: the resource exists, whatever else went wrong. */
  readonly recorded: boolean;
  readonly error?: Error;
  /** What was not as declared when the run began, and is now. */
  readonly repaired?: readonly Difference[];
  /** What is not as declared still, and is the daemon's to keep so. */
  readonly left?: readonly Difference[];
}

/** A resource that waits to be converged. */
export interface Job {
  readonly declaration: Declaration;
  readonly resolve: (outcome: Outcome) => void;
  recorded: boolean;
}

/**
 * Converges some resources of one jail in one run: lock, observe again (a preview, and what it refused, is never trusted),
 * plan, apply what belongs to these resources, observe, and expect nothing to be left. Gives the last view.
 */
export function converge(
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  lasting: readonly Refusal[],
): Promise<View> {
  return withAgent(site, async (agent) => {
    const { documents, ...observation } = await lockAndLook(agent, site, "-x");
    const run = new Run(agent, site, program, observation);
    const before = await run.view(observation);
    const allowed = refuse(site, jobs, before, lasting);
    const { view, errors } =
      allowed.length > 0
        ? await change(agent, site, program, run, allowed, before, documents)
        : { view: before, errors: [] };
    await tidyRegistry(agent);
    for (const { declaration, resolve } of allowed) {
      const left = differencesOf(view, declaration.owner);
      const error = unfinished(site, view, declaration.owner, errors);
      const repaired = differencesOf(before, declaration.owner).filter(
        ({ path }) => !left.some((difference) => difference.path === path),
      );
      resolve({ view, recorded: true, repaired, ...(error ? { error } : { left }) });
    }
    return view;
  });
}

async function change(
  agent: Agent,
  site: Site,
  program: ProgramView,
  run: Run,
  jobs: readonly Job[],
  before: View,
  documents: ReadonlyMap<string, string>,
): Promise<{ view: View; errors: string[] }> {
  const records = await register(agent, site, program, jobs, before.observation);
  await writeDocuments(agent, site, records, documents);
  const registered = { ...before.observation, records };
  // Only the Jail makes its root.
  const make = !rootOf(registered) && jobs.some(({ declaration }) => kinds.get(declaration.kind)?.declaresJail);
  const known = make ? await run.makeRoot(registered) : registered;
  const owners = jobs.map(({ declaration }) => declaration.owner);
  return run.repair(make ? await run.view(known) : { ...before, observation: known }, owners);
}

/** Records come first: from then on the resources are known, and whatever is cut short the next run finishes. */
async function register(
  agent: Agent,
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  { records, machineId }: Observation,
): Promise<RegistryRecord[]> {
  const written = jobs.map(({ declaration }) =>
    toRecord(declaration, declaration.owner.token ?? "", program.stack ?? "", machineId, records),
  );
  const { kept, stale } = succeed(records, written);
  // One that is there as it is to be needs no writing: most of what is converged has only drifted.
  const there = new Set(records.map((record) => JSON.stringify(record)));
  await putRecords(
    agent,
    site,
    written.filter((record) => !there.has(JSON.stringify(record))),
  );
  const tokens = stale.map(({ token }) => token);
  await dropRecords(agent, site, tokens);
  for (const job of jobs) job.recorded = true;
  return [...kept, ...written];
}

/** Ends the jobs that must not go on, and gives the others. */
function refuse(site: Site, jobs: readonly Job[], view: View, lasting: readonly Refusal[]): Job[] {
  return jobs.filter(({ declaration, resolve }) => {
    const before = lasting.filter(({ owner }) => owner && sameOwner(owner, declaration.owner)).map(({ why }) => why);
    const refusals = [...new Set([...refusalsOf(view, declaration.owner), ...before])];
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

/**
 * What the daemon can keep from being repaired for ever: in its own directories something that no command reaches or that
 * has a name outside, and the mode of a file that it owns. That must not keep the rest of the jail from being converged.
 */
function isDaemons({ observation: { entries } }: View, { path, live, want, blocked }: Difference): boolean {
  if (blocked !== undefined) return !isStable(entries, path);
  return (
    live !== undefined && live.uid !== 0 && live.uid === (want.uid ?? live.uid) && live.gid === (want.gid ?? live.gid)
  );
}

/** What a resource has left undone, as an error that names it. */
function unfinished(site: Site, view: View, owner: Owner, errors: readonly string[]): Error | undefined {
  const left = differencesOf(view, owner).filter((difference) => !isDaemons(view, difference));
  if (left.length === 0) return undefined;
  const texts = left.slice(0, 3).map((difference) => {
    const { live, declared, marks } = differenceText(difference, view.observation);
    return `${show(difference.path)} is ${live}, declared ${declared}${marks}`;
  });
  if (left.length > texts.length) texts.push(`and ${left.length - texts.length} more`);
  return new ChrootError("not-converged", {
    what: `${owner.label} is not converged`,
    where: formatSite(site),
    why: [...texts, ...errors.slice(0, 2)].join("; "),
    remedy: left.every(({ blocked }) => blocked !== undefined)
      ? "remove the other names, or exclude the path"
      : "find out what keeps it from changing, or changes it at the same time, then run pulumi up again",
  });
}
