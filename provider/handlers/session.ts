import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Agent } from "../agent/agent";
import { dropRecords, tidyRegistry } from "../agent/apply";
import { lockRegistry, look, observe, readRegistry, withAgent } from "../agent/observe";
import { programsOf } from "../agent/programs";
import type { Site } from "../agent/site";
import { type Declaration, departures } from "../intent/declaration";
import type { ProgramView, Refusal } from "../intent/merge";
import { type Connection, connectionKey } from "../model/connection";
import { labelOf, stackOf } from "../model/urn";
import type { Observation } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { takesExecute } from "../render/text";
import { kinds } from "../resources/kinds";
import { converge, type Job, type Outcome } from "./converge";
import { writeDocuments } from "./documents";
import { Program } from "./program";
import { Run } from "./run";
import { type View, viewOf } from "./view";

/** Everything this process does with one jail: one scan for all its resources, and one change at a time. */
export class JailSession {
  readonly program = new Program();
  #site: Site;
  #failed = false;
  #observation: Promise<Observation> | undefined;
  #view: { version: number; observation: Observation; view: Promise<View> } | undefined;
  /** Refusals that an update of this operation must not get round. */
  #lasting: readonly Refusal[] = [];
  #jobs: Job[] = [];
  #working = false;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Another way to the same place, such as a new key: what failed on the last one is tried again. */
  reachBy(connection: Connection): void {
    if (isDeepStrictEqual(connection, this.#site.connection)) return;
    this.#site = { ...this.#site, connection };
    if (this.#failed) this.#observation = undefined;
  }

  /** Starts the scan unless there is one already. */
  observe(): Promise<Observation> {
    if (!this.#observation) {
      this.#observation = observe(this.#site);
      this.#failed = false;
      this.#observation.catch(() => {
        this.#failed = true; // Whoever needs it is told; a scan that only started early is not.
      });
    }
    return this.#observation;
  }

  /** The jail compared with all that the program and the registry declare. */
  async view(): Promise<View> {
    const observation = await this.observe();
    const { version } = this.program;
    if (this.#view?.version !== version || this.#view.observation !== observation)
      this.#view = { version, observation, view: this.#viewWithPrograms(this.program.view(), observation) };
    return this.#view.view;
  }

  /** A jail as one resource of the state and the registry describe it, without a program: for refresh. */
  async viewOfState(kind: string, token: string, args: Declaration["args"]): Promise<View> {
    const observation = await this.observe();
    const label = observation.records.find((record) => record.token === token)?.label ?? `${kind} ${token}`;
    const declarations = [{ kind, owner: { token, label }, args }];
    return this.#viewOf({ stack: undefined, declarations, departed: new Set() }, observation);
  }

  /** What is shown says which files are programs and would not be executable any more. */
  async #viewWithPrograms(program: ProgramView, observation: Observation): Promise<View> {
    const view = await this.#viewOf(program, observation);
    this.#lasting = [...this.#lasting, ...view.plan.refusals.filter(({ isLasting }) => isLasting === true)];
    const { entries } = view.observation;
    // What the daemon owns, or may replace, it could make us wait for (a lease, a FIFO), and say what it likes.
    const isRoots = ({ path, live }: Difference) => live?.uid === 0 && isStable(entries, path);
    const paths = view.plan.differences.filter((difference) => takesExecute(difference) && isRoots(difference));
    if (paths.length === 0) return view;
    const asked = paths.slice(0, mostPrograms).map(({ path }) => path);
    const programs = await withAgent(this.#site, (agent) => programsOf(agent, this.#site.root, asked));
    return { ...view, observation: { ...view.observation, programs } };
  }

  #viewOf(program: ProgramView, observation: Observation): Promise<View> {
    return viewOf(program, observation, (ask) => withAgent(this.#site, ask));
  }

  /** Makes the host as one resource declares it. What arrives while a run is on its way shares the next one. */
  converge(declaration: Declaration): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#jobs.push({ declaration, resolve, recorded: false });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#jobs.length > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // Updates that the engine starts together arrive together.
      const jobs = this.#jobs.splice(0);
      try {
        const after = await converge(this.#site, this.program.view(), jobs, this.#lasting);
        this.#observation = Promise.resolve(after.observation);
      } catch (error) {
        this.#observation = undefined; // Nobody knows how far it got: look again.
        for (const { resolve, recorded } of jobs) resolve({ recorded, error: error as Error });
      }
    }
    this.#working = false;
  }

  /**
   * The id of a resource that is created. From its URN, so that a preview and the `up` after it agree, and from the
   * record that the registry has of that URN already: whoever deletes what it replaces must not take it for that.
   */
  async newToken(urn: string | undefined): Promise<string> {
    if (urn === undefined) return randomBytes(16).toString("hex");
    const records = await this.observe().then(
      (observation) => observation.records,
      () => [],
    );
    const before = records.find(({ stack, label }) => stack === stackOf(urn) && label === labelOf(urn));
    return createHash("sha256")
      .update(`${urn}\0${before?.token ?? ""}`)
      .digest("hex")
      .slice(0, 32);
  }

  /** Removes a resource's record; with a jail's, those of its stack's other resources, which go with it. */
  async forget(token: string): Promise<void> {
    await withAgent(this.#site, async (agent) => {
      const [, registered] = await Promise.all([
        lockRegistry(agent, this.#site, "-x"),
        readRegistry(agent, this.#site),
      ]);
      if (registered.leftSealed.length > 0) await this.#reopen(agent);
      const { records } = registered;
      const gone = departures(records, token, kinds);
      await dropRecords(agent, this.#site, gone);
      const kept = records.filter((record) => !gone.includes(record.token));
      await writeDocuments(agent, this.#site, kept, registered.documents);
      await tidyRegistry(agent);
    });
    this.#observation = undefined;
  }

  /** Nobody may come after this one: it opens what a run that was cut short has left closed. */
  async #reopen(agent: Agent): Promise<void> {
    const { documents: _, ...observation } = await look(agent, this.#site);
    const run = new Run(agent, this.#site, this.program.view(), observation);
    await run.repair(await run.view(observation), []);
  }
}

/** Files that are opened for a preview, of all resources of a jail. */
const mostPrograms = 400;

const sessions = new Map<string, JailSession>();

/** The session of a jail: a place, whichever way it is reached. */
export function sessionFor(site: Site): JailSession {
  const { connection, root } = site;
  const key = `${connectionKey(connection)}\0${root}`;
  const session = sessions.get(key) ?? new JailSession(site);
  sessions.set(key, session);
  session.reachBy(connection);
  return session;
}
