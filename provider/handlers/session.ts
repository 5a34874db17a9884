import { createHash, randomBytes } from "node:crypto";
import { dropRecords } from "../agent/apply";
import { lockRegistry, observe, withAgent } from "../agent/observe";
import type { Site } from "../agent/site";
import { type Declaration, departures } from "../intent/declaration";
import { connectionKey } from "../model/connection";
import { labelOf, stackOf } from "../model/urn";
import type { Observation } from "../observe/observation";
import { kinds } from "../resources/kinds";
import { converge, type Job, type Outcome } from "./converge";
import { Program } from "./program";
import { type View, viewOf } from "./view";

/** Everything this process does with one jail: one scan for all its resources, and one change at a time. */
export class JailSession {
  readonly program = new Program();
  readonly #site: Site;
  #observation: Promise<Observation> | undefined;
  #view: { version: number; observation: Observation; view: Promise<View> } | undefined;
  #jobs: Job[] = [];
  #working = false;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Starts the scan unless there is one already. */
  observe(): Promise<Observation> {
    if (!this.#observation) {
      this.#observation = observe(this.#site);
      this.#observation.catch(() => undefined); // Whoever needs it is told; a scan that only started early is not.
    }
    return this.#observation;
  }

  /** The jail compared with all that the program and the registry declare. */
  async view(): Promise<View> {
    const observation = await this.observe();
    const { version } = this.program;
    if (this.#view?.version !== version || this.#view.observation !== observation)
      this.#view = { version, observation, view: viewOf(this.#site, this.program.view(), observation) };
    return this.#view.view;
  }

  /** A jail as one resource of the state and the registry describe it, without a program: for refresh. */
  async viewOfState(kind: string, token: string, args: Declaration["args"]): Promise<View> {
    const observation = await this.observe();
    const label = observation.records.find((record) => record.token === token)?.label ?? `${kind} ${token}`;
    const declarations = [{ kind, owner: { token, label }, args }];
    return viewOf(this.#site, { stack: undefined, declarations, departed: new Set() }, observation);
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
        const after = await converge(this.#site, this.program.view(), jobs, await this.view());
        if (after) this.#observation = Promise.resolve(after.observation);
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
  async forget(token: string, claimed: readonly string[]): Promise<void> {
    await withAgent(this.#site, async (agent) => {
      const { records } = await lockRegistry(agent, this.#site, "-x");
      await dropRecords(agent, this.#site, departures(records, token, claimed, kinds));
    });
    this.#observation = undefined;
  }
}

const sessions = new Map<string, JailSession>();

export function sessionFor(site: Site): JailSession {
  const key = `${connectionKey(site.connection)}\0${site.root}`;
  const known = sessions.get(key);
  if (known) return known;
  const session = new JailSession(site);
  sessions.set(key, session);
  return session;
}
