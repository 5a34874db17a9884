import type { Log } from "./log";

/** Warnings about connections. An engine says each once, whichever resource opened the connection. */
export class Notices {
  readonly #log: Log;
  readonly #said = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  async say(notices: readonly string[]): Promise<void> {
    for (const notice of notices) {
      if (this.#said.has(notice)) continue;
      this.#said.add(notice);
      await this.#log("", "warning", notice);
    }
  }
}
