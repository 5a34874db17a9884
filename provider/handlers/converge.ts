import type { Agent } from "../agent/agent";
import { putRecords, tidyRegistry } from "../agent/apply";
import type { Foresight } from "../agent/foresight";
import { lockAndLook, withAgent } from "../agent/observe";
import { expire, type Moved } from "../agent/quarantine";
import type { Site } from "../agent/site";
import { type Owner, sameOwner } from "../intent/claim";
import type { Declaration, RegistryRecord } from "../intent/declaration";
import type { ProgramView, Refusal } from "../intent/merge";
import { rootOf } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { kinds } from "../resources/kinds";
import type { KnownBinaries } from "./binaries";
import { writeDocuments } from "./documents";
import { proveLogs } from "./log-socket";
import { sayNotices } from "./notices";
import { Puts, type Putter } from "./puts";
import { register } from "./register";
import { Run } from "./run";
import type { Repaired } from "./todo";
import { refused, unfinished, unputError } from "./unfinished";
import { differencesOf, type Known, newlyKnown, type View } from "./view";

/** How one resource's convergence ended. */
export interface Outcome {
  readonly view?: View;
  /** The record was written: the resource exists, whatever else went wrong. */
  readonly recorded: boolean;
  readonly error?: Error;
  /** What was not as declared when the run began, and is now. */
  readonly repaired?: readonly Difference[];
  /** What of it has been moved away, and its name in the quarantine. */
  readonly moved?: Moved;
  /** How much has been removed there, as it was there for too long; told with one resource of a run. */
  readonly expired?: number;
  /** What is not as declared still, and is the daemon's to keep so. */
  readonly left?: readonly Difference[];
}

/** A resource that waits to be converged. */
export interface Job {
  readonly declaration: Declaration;
  readonly putter: Putter;
  /** A process is not as declared, and its command that restarts it is to run whatever else there is to do. */
  readonly isStale: boolean;
  readonly resolve: (outcome: Outcome) => void;
  recorded: boolean;
}

/** Where jobs come from. */
export interface Queue {
  /** What the program says at the moment. */
  program(): ProgramView;
  /** Further jobs that have arrived meanwhile, or are about to; none to end the run. */
  more(): Promise<readonly Job[]>;
}

/** Jobs that began together, and how it was before them. */
interface Pass {
  readonly jobs: readonly Job[];
  readonly before: View;
  readonly errors: readonly string[];
}

/**
 * Converges some resources of one jail in one run: lock, observe again (a preview, and what it refused, is never trusted),
 * plan, apply what belongs to these resources, observe, and expect nothing to be left. As long as a command is to run for what
 * was changed, others that have arrived join, so that it runs once for all of them. Gives the last view, and what else is known then.
 */
export function converge(
  site: Site,
  queue: Queue,
  first: readonly Job[],
  lasting: readonly Refusal[],
  foresight: Foresight,
): Promise<{ view: View; known: Known }> {
  return withAgent(site, (agent) => convergeBy(agent, site, queue, first, lasting), foresight);
}

async function convergeBy(
  agent: Agent,
  site: Site,
  queue: Queue,
  first: readonly Job[],
  lasting: readonly Refusal[],
): Promise<{ view: View; known: Known }> {
  await sayNotices(agent.notices);
  const { documents, ...observation } = await lockAndLook(agent, site, "-x");
  const unsettled = pendingTokens(observation.records);
  const all = [...first];
  const puts = new Puts(
    agent,
    site,
    (label) => all.find(({ declaration }) => declaration.owner.label === label)?.putter,
  );
  const known = newlyKnown();
  const run = new Run(agent, site, queue.program, observation, { puts, known });
  const passes: Pass[] = [];
  let view = await run.view(observation);
  for (let jobs: readonly Job[] = first; jobs.length > 0; ) {
    const before = passes.length === 0 ? view : await run.view(view.observation);
    const allowed = refuse(site, jobs, before, lasting);
    if (allowed.length > 0) {
      // Of documents that this run has written nobody knows the checksums.
      const written = { documents: passes.length === 0 ? documents : new Map(), binaries: known.binaries };
      const changed = await change(agent, site, queue, run, allowed, before, written);
      view = changed.view;
      passes.push({ jobs: allowed, before, errors: changed.errors });
    }
    jobs = isAwaiting(passes, view) ? await queue.more() : [];
    all.push(...jobs);
  }
  const owners = passes.flatMap(({ jobs }) => jobs.map(({ declaration }) => declaration.owner));
  view = await settle(agent, site, run, puts, owners, view, unsettled);
  const [proved, expired] = await Promise.all([
    proveLogs(
      agent,
      site,
      passes.flatMap(({ jobs }) => jobs),
      view,
      puts.failed,
    ),
    passes.length > 0 ? expire(agent) : 0,
    tidyRegistry(agent),
    run.opened(),
  ]);
  view = proved;
  for (const [index, pass] of passes.entries())
    tell(site, pass, view, puts, { moved: run.moved, expired: index === 0 ? expired : 0 });
  return { view, known };
}

function pendingTokens(records: readonly RegistryRecord[]): Set<string> {
  return new Set(records.flatMap(({ pending, token }) => (pending ? [token] : [])));
}

/** Whether a command is to run for what has been changed. */
function isAwaiting(passes: readonly Pass[], { observation }: View): boolean {
  const pending = pendingTokens(observation.records);
  return passes.some(({ jobs }) => jobs.some(({ declaration }) => pending.has(declaration.owner.token ?? "")));
}

/** Refusals may also have come up on the way: something else is at the place of a file by now. */
function tell(
  site: Site,
  { jobs, before, errors }: Pass,
  view: View,
  puts: Puts,
  { moved, expired }: { moved: Moved; expired: number },
): void {
  for (const [index, { declaration, resolve }] of jobs.entries()) {
    const { owner } = declaration;
    const left = differencesOf(view, owner);
    const error = unputError(site, owner, puts) ?? refused(site, view, owner) ?? unfinished(site, view, owner, errors);
    const repaired = differencesOf(before, owner).filter(
      ({ path }) => !left.some((difference) => difference.path === path),
    );
    const gone = index === 0 ? { expired } : {};
    resolve({ view, recorded: true, repaired, moved, ...gone, ...(error ? { error } : { left }) });
  }
}

async function change(
  agent: Agent,
  site: Site,
  queue: Queue,
  run: Run,
  jobs: readonly Job[],
  before: View,
  { documents, binaries }: { documents: ReadonlyMap<string, string>; binaries: KnownBinaries },
): Promise<Repaired> {
  const chain = agent.chain();
  const { records, written } = register(chain, site, queue.program(), jobs, before);
  const registered = { ...before.observation, records };
  // Only the Jail makes its root.
  const make = !rootOf(registered) && jobs.some(({ declaration }) => kinds.get(declaration.kind)?.declaresJail);
  const documented = writeDocuments(agent, chain, site, records, documents, binaries);
  const made = make ? run.makeRoot(registered, chain) : Promise.resolve(registered);
  // What is not done as the records could not be written fails, too: they say why.
  for (const one of [documented, made]) one.catch(() => undefined);
  await written;
  for (const job of jobs) job.recorded = true;
  await documented;
  const known = await made;
  const owners = jobs.map(({ declaration }) => declaration.owner);
  return run.repair(make ? await run.view(known) : { ...before, observation: known }, owners);
}

/**
 * What was changed counts once its command has ended well; until then the record says that it does not. `unsettled` are the
 * tokens of those of which it said so before this run.
 */
async function settle(
  agent: Agent,
  site: Site,
  run: Run,
  puts: Puts,
  owners: readonly Owner[],
  repaired: View,
  unsettled: ReadonlySet<string>,
): Promise<View> {
  const { observation } = repaired;
  const pending = observation.records.filter(
    ({ pending, token }) => pending && owners.some((one) => one.token === token),
  );
  if (pending.length === 0) return repaired;
  await run.opened();
  await puts.settle(
    pending.map(({ label }) => label),
    (path) => isStable(observation.entries, path),
  );
  const settled = pending.filter(
    ({ label, token }) => !puts.failed.has(label) || (puts.isUnchanged(label) && !unsettled.has(token)),
  );
  const written = settled.map(({ pending: _, ...record }) => record);
  await putRecords(agent, site, written);
  const records = [...observation.records.filter((record) => !settled.includes(record)), ...written];
  const now = { ...observation, records };
  return puts.failed.size > 0 ? run.look(now) : { ...repaired, observation: now };
}

/** Ends the jobs that must not go on, and gives the others. */
function refuse(site: Site, jobs: readonly Job[], view: View, lasting: readonly Refusal[]): Job[] {
  return jobs.filter(({ declaration, resolve }) => {
    const before = lasting.filter(({ owner }) => owner && sameOwner(owner, declaration.owner)).map(({ why }) => why);
    const error = refused(site, view, declaration.owner, before);
    if (error) resolve({ view, recorded: false, error });
    return error === undefined;
  });
}
