import { isDeepStrictEqual } from "node:util";
import type { Agent } from "../../agent/channel/agent";
import type { Requests } from "../../agent/channel/ask";
import type { Moved } from "../../agent/requests/quarantine";
import { planOpening, relax } from "../../agent/requests/seal";
import type { Bytes } from "../../model/bytes";
import { ancestors, quarantineName } from "../../model/path";
import type { Sealed } from "../../observe/observation";

/** The directories that one run has closed or keeps closed for now, and how they are opened. */
export class SealedDirectories {
  readonly #agent: Agent;
  /** With the modes and owners that they are opened to. */
  records: readonly Sealed[];
  /** As the host knows them. */
  #told: readonly Sealed[] = [];
  #opening: Promise<void> = Promise.resolve();

  constructor(agent: Agent, records: readonly Sealed[]) {
    this.#agent = agent;
    this.records = records;
  }

  /** Notes that the host has closed more directories: its earlier records do not include them. */
  closedMore(records: readonly Sealed[]): void {
    this.records = [...this.records, ...records];
    this.#told = [];
  }

  /** Tells the host how all directories are opened, unless it knows already. */
  async plan(to: Requests = this.#agent): Promise<void> {
    if (this.records.length === 0 || isDeepStrictEqual(this.records, this.#told)) return;
    this.#told = this.records;
    await planOpening(to, this.records);
  }

  /** Opens a moved directory at its new place, so that it has its modes when it is brought back. */
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
    this.#opening = relax(this.#agent);
    this.#opening.catch(() => undefined); // The awaiting caller gets the error.
    this.records = [];
    this.#told = [];
  }

  opened(): Promise<void> {
    return this.#opening;
  }
}
