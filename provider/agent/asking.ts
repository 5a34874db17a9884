import type { Agent } from "./agent";
import type { Foresight } from "./foresight";
import { atSite, startAgent } from "./observe";
import type { Site } from "./site";

/** Gives an agent on the host to whoever asks something: the one that is open, if any. */
export type Use = <T>(ask: (agent: Agent) => Promise<T>) => Promise<T>;

/** An agent, and how many are asking it. */
interface Asked {
  readonly agent: Promise<Agent>;
  by: number;
}

/**
 * One agent for questions of which each follows the last one at once: a start costs three round trips, and a shell on the host.
 * It ends when nothing more is asked. Once it has looked it holds no lock: others may change what it was told.
 */
export class Asking {
  readonly #site: Site;
  readonly #foresight: Foresight | undefined;
  #asked: Asked | undefined;

  constructor(site: Site, foresight?: Foresight) {
    this.#site = site;
    this.#foresight = foresight;
  }

  /** Asks the agent that is there, or a new one. What changes something has an agent of its own. */
  async ask<T>(use: (agent: Agent) => Promise<T>): Promise<T> {
    this.#asked ??= { agent: startAgent(this.#site, this.#foresight), by: 0 };
    const asked = this.#asked;
    asked.by++;
    try {
      return await use(await asked.agent);
    } catch (error) {
      // It may be the line: the next question has another one. Who is asking this one goes on with it.
      if (this.#asked === asked) this.#asked = undefined;
      throw atSite(error, this.#site);
    } finally {
      asked.by--;
      // Whoever was waiting for this answer may ask on.
      setImmediate(() => {
        if (asked.by === 0) this.#end(asked);
      });
    }
  }

  #end(asked: Asked): void {
    if (this.#asked === asked) this.#asked = undefined;
    asked.agent.then((agent) => agent.close()).catch(() => undefined);
  }
}
