import type { HostConnections } from "../../ssh/connections";
import type { Site } from "../site";
import type { Agent, AgentOptions } from "./agent";
import { atSite, startAgent } from "./connect";

/** Runs questions with an agent on the host: the open one, if any. */
export type Use = <T>(ask: (agent: Agent) => Promise<T>) => Promise<T>;

/** An agent, and the number of its callers. */
interface Asked {
  readonly agent: Promise<Agent>;
  by: number;
}

/**
 * One agent for questions that follow each other at once: a start costs three round trips, and a shell on the host. It
 * ends after the last question. After its look it holds no lock: others may change the jail.
 */
export class Lease {
  readonly #connections: HostConnections;
  readonly #site: Site;
  readonly #options: AgentOptions | undefined;
  #asked: Asked | undefined;

  constructor(connections: HostConnections, site: Site, options?: AgentOptions) {
    this.#connections = connections;
    this.#site = site;
    this.#options = options;
  }

  /** Asks the open agent, or a new one. A change has an agent of its own. */
  async ask<T>(use: (agent: Agent) => Promise<T>): Promise<T> {
    this.#asked ??= { agent: startAgent(this.#connections, this.#site, this.#options), by: 0 };
    const asked = this.#asked;
    asked.by++;
    try {
      return await use(await asked.agent);
    } catch (error) {
      // The line may be broken: the next question gets another one. Callers that are asking now keep this one.
      if (this.#asked === asked) this.#asked = undefined;
      throw atSite(error, this.#site);
    } finally {
      asked.by--;
      // A caller that was waiting for this answer may ask on.
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
