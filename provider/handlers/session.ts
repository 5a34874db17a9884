import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Asking, type Use } from "../agent/asking";
import { Foresight } from "../agent/foresight";
import { awaitHost, lockAndLook } from "../agent/observe";
import { processesOf } from "../agent/processes";
import { programsOf } from "../agent/programs";
import type { Site } from "../agent/site";
import type { Declaration } from "../intent/declaration";
import type { ProgramView, Refusal } from "../intent/merge";
import { type Connection, connectionKey } from "../model/connection";
import { labelOf, stackOf } from "../model/urn";
import type { Observation } from "../observe/observation";
import type { Running } from "../observe/process";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { takesExecute } from "../render/text";
import { kinds } from "../resources/kinds";
import { announce } from "./beside";
import { type Content, wishOf } from "./content";
import { converge, type Job, type Outcome } from "./converge";
import { forget } from "./forget";
import { sayNotices } from "./notices";
import { Program } from "./program";
import { tellsWhoRuns } from "./running";
import { Said } from "./said";
import { textDifference } from "./texts";
import { type Known, newlyKnown, type View, viewOf } from "./view";

/** Everything this process does with one jail: one scan for all its resources, and one change at a time. */
export class JailSession {
  readonly program = new Program();
  readonly said = new Said();
  readonly #foresight = new Foresight();
  #site: Site;
  #asking: Asking;
  #failed = false;
  #observation: Promise<Observation> | undefined;
  #view: { version: number; observation: Observation; view: Promise<View> } | undefined;
  /** What is known of files since an observation. */
  #known: { of: Observation; ways: Known } | undefined;
  #running: Promise<Running> | undefined;
  /** What resources put into files, by their labels. */
  readonly #contents = new Map<string, Content>();
  /** Refusals that an update of this operation must not get round. */
  #lasting: readonly Refusal[] = [];
  #jobs: Job[] = [];
  #working = false;

  readonly #ask: Use = (ask) => this.#asking.ask(ask);

  constructor(site: Site) {
    this.#site = site;
    this.#asking = new Asking(site, this.#foresight);
  }

  get root(): string {
    return this.#site.root;
  }

  /** Another way to the same place, such as a new key: what failed on the last one is tried again. */
  reachBy(connection: Connection): void {
    if (isDeepStrictEqual(connection, this.#site.connection)) return;
    this.#site = { ...this.#site, connection };
    this.#asking = new Asking(this.#site, this.#foresight);
    if (this.#failed) this.#observation = undefined;
  }

  /** Starts the scan unless there is one already. */
  observe(): Promise<Observation> {
    if (!this.#observation) {
      const site = this.#site;
      this.#asking = new Asking(site, this.#foresight);
      this.#observation = this.#ask(async (agent) => {
        const observation = await lockAndLook(agent, site, "-s");
        await sayNotices(observation.notices);
        // Asked for with whatever else is asked next.
        this.#running = undefined;
        if (observation.records.some(tellsWhoRuns)) void this.running();
        return observation;
      });
      this.#failed = false;
      this.#observation.catch(() => {
        this.#failed = true; // Whoever needs it is told; a scan that only started early is not.
      });
    }
    return this.#observation;
  }

  /** Waits for a host that may be about to come up. What was looked for before it was there is looked for again. */
  async awaitHost(): Promise<void> {
    await awaitHost(this.#site);
    if (this.#failed) this.#observation = undefined;
    this.#failed = false;
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
  async viewOfState(
    kind: string,
    token: string,
    args: Declaration["args"],
    content: Content | undefined,
  ): Promise<View> {
    const observation = await this.observe();
    const label = observation.records.find((record) => record.token === token)?.label ?? `${kind} ${token}`;
    const declarations = [{ kind, owner: { token, label }, args, ...wishOf(content) }];
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
    const programs = await this.#ask((agent) => programsOf(agent, this.#site.root, asked));
    return { ...view, observation: { ...view.observation, programs } };
  }

  #viewOf(program: ProgramView, observation: Observation): Promise<View> {
    const site = this.#site;
    if (this.#known?.of !== observation) this.#known = { of: observation, ways: newlyKnown() };
    return viewOf(program, observation, { site, use: this.#ask, ...this.#known.ways });
  }

  /** Who runs in the jail: looked at once for an observation. Whoever needs it is told when it fails, and the next one asks again. */
  running(): Promise<Running> {
    const running = this.#running ?? this.#ask((agent) => processesOf(agent, this.#site));
    this.#running = running;
    running.catch(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** What has changed in a text, line by line; empty where it cannot be told. */
  changedLines(difference: Difference, view: View): Promise<string[]> {
    const content = this.#contents.get(difference.owner.label);
    return textDifference(difference, view, this.#site, content, this.#ask).catch(() => []);
  }

  /** A resource that is being checked, with what it puts into a file. */
  declare(declaration: Declaration, urn: string | undefined, content: Content | undefined): void {
    this.program.declare(declaration, urn);
    if (content) this.#contents.set(declaration.owner.label, content);
  }

  /** Makes the host as one resource declares it. What arrives while a run is on its way shares it, or the next one. */
  converge(
    declaration: Declaration,
    { isStale = false, isCommandSecret = false }: { isStale?: boolean; isCommandSecret?: boolean } = {},
  ): Promise<Outcome> {
    this.program.begun(declaration.owner.token ?? "");
    return new Promise((resolve) => {
      const content = this.#contents.get(declaration.owner.label);
      const commands = kinds.get(declaration.kind)?.commands?.(declaration.args) ?? {};
      this.#jobs.push({
        declaration,
        isStale,
        putter: { commands, isCommandSecret, ...(content ? { content } : {}) },
        resolve,
        recorded: false,
      });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#jobs.length > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // Updates that the engine starts together arrive together.
      const jobs = this.#jobs.splice(0);
      try {
        const queue = { program: () => this.program.view(), more: () => this.#more(jobs) };
        const { view, known } = await converge(this.#site, queue, [...jobs], this.#lasting, this.#foresight);
        this.#observation = Promise.resolve(view.observation);
        this.#known = { of: view.observation, ways: known };
        this.#running = undefined;
        this.#asking = new Asking(this.#site, this.#foresight); // The one before remembers how it was.
      } catch (error) {
        this.#observation = undefined; // Nobody knows how far it got: look again.
        for (const { resolve, recorded } of jobs) resolve({ recorded, error: error as Error });
      }
    }
    this.#working = false;
  }

  /** What has arrived while a run is on its way, for that run. The engine checks one resource after another: some are about to. */
  async #more(jobs: Job[]): Promise<Job[]> {
    const isAwaited = () => this.#jobs.length === 0 && this.program.isAwaiting();
    for (let tries = 0; tries < 6 && isAwaited(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    const next = this.#jobs.splice(0);
    jobs.push(...next);
    return next;
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

  /** Removes a resource's record, and what it has made. */
  async forget(token: string): Promise<void> {
    await forget(this.#site, token, () => this.program.view());
    this.#observation = undefined;
  }
}

/** Files that are opened for a preview, of all resources of a jail. */
const mostPrograms = 400;

const sessions = new Map<string, JailSession>();

/** The session of a jail: a place, whichever way it is reached. */
export function sessionFor(site: Site): JailSession {
  const { connection, root } = site;
  const key = `${connectionKey(connection)}\0${root}`;
  const known = sessions.get(key);
  const session = known ?? new JailSession(site);
  sessions.set(key, session);
  if (!known) announce(site, session.program);
  session.reachBy(connection);
  return session;
}
