import type { Agent } from "./agent";
import type { Foresight } from "./foresight";
import { atSite, startAgent } from "./observe";
import type { Site } from "./site";

/**
 * One agent for questions of which each follows the last one at once: a start costs three round trips, and a shell on the host.
 * It ends when nothing more is asked.
 */
export class Asking {
  readonly #site: Site;
  readonly #foresight: Foresight | undefined;
  #agent: Promise<Agent> | undefined;
  #asked = 0;

  constructor(site: Site, foresight?: Foresight) {
    this.#site = site;
    this.#foresight = foresight;
  }

  /** Asks the agent that is there, or a new one. What changes something has an agent of its own. */
  async ask<T>(use: (agent: Agent) => Promise<T>): Promise<T> {
    this.#asked++;
    this.#agent ??= startAgent(this.#site, this.#foresight);
    const agent = this.#agent;
    try {
      return await use(await agent);
    } catch (error) {
      this.#end(agent); // It may be the line: the next question has another one.
      throw atSite(error, this.#site);
    } finally {
      this.#asked--;
      // Whoever was waiting for this answer may ask on.
      setImmediate(() => {
        if (this.#asked === 0) this.#end(agent);
      });
    }
  }

  #end(agent: Promise<Agent>): void {
    if (this.#agent === agent) this.#agent = undefined;
    agent.then((one) => one.close()).catch(() => undefined);
  }
}
