import type { Agent, AgentOptions } from "../../agent/channel/agent";
import { withAgent } from "../../agent/channel/connect";
import { processesOf } from "../../agent/requests/processes";
import { expire } from "../../agent/requests/quarantine";
import { addHistory, putRecords, tidyRegistry } from "../../agent/requests/registry";
import type { Finding } from "../../intent/finding";
import { isAboutProcesses, keyOf } from "../../intent/known-findings";
import { type Owner, sameOwner } from "../../intent/owner";
import type { RegistryRecord } from "../../intent/registry-record";
import { type Observation, rootOf } from "../../observe/observation";
import type { Running } from "../../observe/process";
import type { Difference } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { repairHistory } from "../../render/documents/repair-history";
import { findingText } from "../../render/text/findings/finding-text";
import { kinds } from "../../resources/kinds";
import { type Assessment, differencesOf } from "../assess/assessment";
import { withFlags } from "../assess/flags";
import { type HostAnswers, noAnswers } from "../assess/host-answers";
import type { JailContext } from "../assess/jail-context";
import { declaresProcesses, findProcesses } from "../assess/processes";
import { lockAndLook } from "../assess/readable-registries";
import { Delivery } from "./delivery";
import { writeDocuments, writeFindings } from "./documents";
import type { Job, Queue } from "./job";
import { proveLogSockets } from "./log-proof";
import type { Repaired } from "./owner-steps";
import { register } from "./register";
import { Repair } from "./repair";
import { deliveryError, notCheckedError, refusalError, unfinishedError } from "./resource-errors";

/** Jobs that began together, and the assessment before them. */
interface Pass {
  readonly jobs: readonly Job[];
  readonly before: Assessment;
  readonly errors: readonly string[];
}

/** The end of a run: the last assessment, and the host's answers that still hold. */
interface Converged {
  readonly assessment: Assessment;
  readonly known: HostAnswers;
  /** The processes of the jail, where a resource declares them. */
  readonly running: Promise<Running> | undefined;
}

interface ConvergeOptions extends AgentOptions {
  /** Refusals of a preview that an update must obey. */
  readonly lasting: readonly Finding[];
}

/**
 * Converges some resources of one jail in one run: lock, observe again (a preview, and its refusals, are never trusted), plan,
 * apply the steps of these resources, observe, and expect nothing to be left. As long as a command is to run for a change,
 * further jobs join the run, so that the command runs once for all of them.
 */
export function converge(
  jail: JailContext,
  queue: Queue,
  first: readonly Job[],
  options: ConvergeOptions,
): Promise<Converged> {
  const convergeBy = async (agent: Agent) => {
    await jail.notices.say(agent.notices);
    const looked = await lockAndLook(agent, "-x");
    return new Convergence(agent, jail, queue, looked).run(first, options.lasting);
  };
  return withAgent(jail.connections, jail.site, convergeBy, options);
}

/** One run: the jobs of one jail, by one agent that has the lock. */
class Convergence {
  readonly #agent: Agent;
  readonly #queue: Queue;
  readonly #signal: AbortSignal;
  readonly #observation: Observation;
  /** Checksums of the documents that the registry had before this run. */
  readonly #documents: ReadonlyMap<string, string>;
  readonly #known = noAnswers();
  #running: Promise<Running> | undefined;
  readonly #delivery: Delivery;
  readonly #repair: Repair;
  readonly #jobs: Job[] = [];
  readonly #passes: Pass[] = [];

  constructor(
    agent: Agent,
    jail: JailContext,
    queue: Queue,
    { documents, ...observation }: Awaited<ReturnType<typeof lockAndLook>>,
  ) {
    this.#agent = agent;
    this.#queue = queue;
    this.#signal = jail.signal;
    this.#observation = observation;
    this.#documents = documents;
    const putterOf = (label: string) =>
      this.#jobs.find(({ declaration }) => declaration.owner.label === label)?.delivered;
    this.#delivery = new Delivery(agent, putterOf);
    const parts = { delivery: this.#delivery, known: this.#known };
    this.#repair = new Repair(agent, jail, { program: queue.program, observation }, parts);
  }

  async run(first: readonly Job[], lasting: readonly Finding[]): Promise<Converged> {
    let assessment = await this.#repair.assess(this.#observation);
    this.#jobs.push(...first);
    for (let jobs = first; jobs.length > 0; ) {
      const before = this.#passes.length === 0 ? assessment : await this.#repair.assess(assessment.observation);
      const allowed = this.#refuse(jobs, before, lasting);
      if (allowed.length > 0) {
        const changed = await this.#apply(allowed, before);
        assessment = changed.assessment;
        this.#passes.push({ jobs: allowed, before, errors: changed.errors });
      }
      jobs = this.#awaitsMore(assessment) && !this.#signal.aborted ? await this.#queue.more() : [];
      this.#jobs.push(...jobs);
    }
    assessment = await this.#settle(assessment);
    const jobs = this.#passes.flatMap((pass) => pass.jobs);
    const before = (this.#observation.earlier?.keys ?? []).filter(isAboutProcesses);
    const declaring = jobs.some(({ declaration }) => declaresProcesses(declaration));
    const repaired = this.#passes.flatMap((pass) => pass.jobs.flatMap((job) => repairedFor(job, pass, assessment)));
    const by = { observation: assessment.observation, stack: this.#queue.program().stack ?? "" };
    const [proved, expired, processes] = await Promise.all([
      proveLogSockets(this.#agent, jobs, assessment, this.#delivery.failed),
      jobs.length > 0 ? expire(this.#agent) : 0,
      declaring ? findProcesses(assessment, this.#agent.site.root, () => this.#askRunning()) : undefined,
      jobs.length > 0 ? writeFindings(this.#agent, assessment, before, this.#documents) : undefined,
      repaired.length > 0 ? addHistory(this.#agent, repairHistory(repaired, by)) : undefined,
      tidyRegistry(this.#agent),
      this.#repair.opened(),
    ]);
    assessment = await withFlags(proved, (ask) => ask(this.#agent));
    const now = processes?.map(keyOf) ?? before;
    // Findings about processes are rare: only a change of these costs another round trip.
    if (now.some((key) => !before.includes(key)) || before.some((key) => !now.includes(key)))
      await writeFindings(this.#agent, assessment, now, new Map());
    for (const [index, pass] of this.#passes.entries()) this.#resolve(pass, assessment, index === 0 ? expired : 0);
    return { assessment, known: this.#known, running: this.#running };
  }

  /** Looks at the processes once, after the commands. */
  #askRunning(): Promise<Running> {
    this.#running ??= processesOf(this.#agent);
    return this.#running;
  }

  /** Whether a command is to run for a change. */
  #awaitsMore({ observation }: Assessment): boolean {
    const pending = pendingTokens(observation.records);
    return this.#passes.some(({ jobs }) => jobs.some(({ declaration }) => pending.has(declaration.owner.token ?? "")));
  }

  /** Ends the jobs that must not go on, and gives the others. */
  #refuse(jobs: readonly Job[], assessment: Assessment, lasting: readonly Finding[]): Job[] {
    return jobs.filter(({ declaration, resolve }) => {
      const own = lasting.filter(({ by }) => by && sameOwner(by, declaration.owner));
      const before = own.map((finding) => findingText(finding));
      const error = refusalError(this.#agent.site, assessment, declaration.owner, before);
      if (error) resolve({ assessment, recorded: false, error });
      return error === undefined;
    });
  }

  async #apply(jobs: readonly Job[], before: Assessment): Promise<Repaired> {
    const chain = this.#agent.chain();
    const { records, written } = register(chain, this.#queue.program(), jobs, before);
    const registered = { ...before.observation, records };
    // Only a Jail makes its root.
    const make = !rootOf(registered) && jobs.some(({ declaration }) => kinds.get(declaration.kind)?.declaresJail);
    // The checksums of documents that this run has written are unknown.
    const present = this.#passes.length === 0 ? this.#documents : new Map();
    const documented = writeDocuments(this.#agent, { to: chain, present }, registered, this.#known);
    const made = make ? this.#repair.makeRoot(registered, chain) : Promise.resolve(registered);
    // Where the records cannot be written both fail too; the records' error says why.
    for (const promise of [documented, made]) promise.catch(() => undefined);
    await written;
    for (const job of jobs) job.recorded = true;
    await documented;
    const observed = await made;
    const owners = jobs.map(({ declaration }) => declaration.owner);
    return this.#repair.repair(
      make ? await this.#repair.assess(observed) : { ...before, observation: observed },
      owners,
    );
  }

  /** Runs the commands for the changes. A record stays pending until its command has ended well. */
  async #settle(repaired: Assessment): Promise<Assessment> {
    const { observation } = repaired;
    const owners = this.#passes.flatMap(({ jobs }) => jobs.map(({ declaration }): Owner => declaration.owner));
    const pending = observation.records.filter(
      ({ pending, token }) => pending && owners.some((owner) => owner.token === token),
    );
    if (pending.length === 0) return repaired;
    await this.#repair.opened();
    const labels = pending.map(({ label }) => label);
    await this.#delivery.settle(labels, (path) => isStable(observation.entries, path));
    const before = pendingTokens(this.#observation.records);
    const settled = pending.filter(
      ({ label, token }) =>
        !this.#delivery.failed.has(label) || (this.#delivery.isUnchanged(label) && !before.has(token)),
    );
    const written = settled.map(({ pending: _, ...record }) => record);
    await putRecords(this.#agent, written);
    const records = [...observation.records.filter((record) => !settled.includes(record)), ...written];
    const now = { ...observation, records };
    return this.#delivery.failed.size > 0 ? this.#repair.look(now) : { ...repaired, observation: now };
  }

  /** Tells each job how it ended. Something else may be at the place of a file by now: that is a refusal, too. */
  #resolve(pass: Pass, assessment: Assessment, expired: number): void {
    const { jobs, errors } = pass;
    const { site } = this.#agent;
    const { moved } = this.#repair.movedEntries;
    for (const [index, job] of jobs.entries()) {
      const { owner } = job.declaration;
      const left = differencesOf(assessment, owner);
      const error =
        deliveryError(site, owner, this.#delivery) ??
        refusalError(site, assessment, owner) ??
        unfinishedError(site, assessment, owner, errors) ??
        notCheckedError(site, assessment, owner);
      const repaired = repairedFor(job, pass, assessment);
      const gone = index === 0 ? { expired } : {};
      job.resolve({ assessment, recorded: true, repaired, moved, ...gone, ...(error ? { error } : { left }) });
    }
  }
}

/** The differences of a job that are gone after its run. */
function repairedFor({ declaration: { owner } }: Job, { before }: Pass, after: Assessment): Difference[] {
  const left = new Set(differencesOf(after, owner).map(({ path }) => path));
  return differencesOf(before, owner).filter(({ path }) => !left.has(path));
}

function pendingTokens(records: readonly RegistryRecord[]): Set<string> {
  return new Set(records.flatMap(({ pending, token }) => (pending ? [token] : [])));
}
