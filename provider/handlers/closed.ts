import { isDeepStrictEqual } from "node:util";
import type { Agent } from "../agent/agent";
import type { Requests } from "../agent/chain";
import type { Moved } from "../agent/quarantine";
import { planOpening, relax } from "../agent/seal";
import type { Site } from "../agent/site";
import { ancestors, type Bytes } from "../model/bytes";
import { quarantineName } from "../model/path";
import type { Sealed } from "../observe/observation";

/** What one run has closed, or has to keep closed for now, and how it is opened. */
export class Closed {
  readonly #agent: Agent;
  readonly #site: Site;
  /** With the modes and owners that they are opened to. */
  records: readonly Sealed[];
  /** As the host knows them. */
  #told: readonly Sealed[] = [];
  #opening: Promise<void> = Promise.resolve();

  constructor(agent: Agent, site: Site, records: readonly Sealed[]) {
    this.#agent = agent;
    this.#site = site;
    this.records = records;
  }

  /** The host has closed more: what it was told before does not speak of that. */
  closedMore(records: readonly Sealed[]): void {
    this.records = [...this.records, ...records];
    this.#told = [];
  }

  /** Tells the host how everything is opened, where it does not know yet. */
  async plan(to: Requests = this.#agent): Promise<void> {
    if (this.records.length === 0 || isDeepStrictEqual(this.records, this.#told)) return;
    this.#told = this.records;
    await planOpening(to, this.#site, this.records);
  }

  /** What has been moved away is opened where it is now, so that it is as it was when it is brought back. */
  async moved(moved: Moved): Promise<void> {
    const places = this.records.map((record) => {
      const from = [...ancestors(record.path), record.path].find((part) => moved.has(part));
      if (from === undefined) return record;
      const path = `${quarantineName}/${moved.get(from)}${record.path.slice(from.length)}` as Bytes;
      return { ...record, path };
    });
    if (places.every((record, at) => record === this.records[at])) return;
    this.records = places;
    await this.plan();
  }

  /** Has everything opened; `opened` tells when it is. */
  open(): void {
    this.#opening = relax(this.#agent, this.#site);
    this.#opening.catch(() => undefined); // Told to whoever waits for it.
    this.records = [];
    this.#told = [];
  }

  opened(): Promise<void> {
    return this.#opening;
  }
}
