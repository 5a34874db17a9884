import type { Log } from "./log";

/** Warnings about connections. An engine says each once, whichever resource opened the connection. */
export class Notices {
  readonly #log: Log;
  readonly #logged = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  async say(notices: readonly string[]): Promise<void> {
    for (const notice of notices) {
      if (this.#logged.has(notice)) continue;
      this.#logged.add(notice);
      await this.#log("", "warning", notice);
    }
  }
}
