import type { Site } from "../site";
import type { Requests } from "./ask";
import type { Reply } from "./reply";

/**
 * Requests that build on one another, sent without waiting for the reply to the one before: once one has failed the
 * host does none of the next. Requests beside the chain are no part of it. The first argument of a request with data is
 * their length: the host skips them by it.
 */
export class Chain implements Requests {
  readonly #to: Requests;
  readonly #number: number;

  constructor(to: Requests, number: number) {
    this.#to = to;
    this.#number = number;
  }

  request(line: string, data?: Buffer): Promise<Reply> {
    return this.#to.request(`${this.#number}+${line}`, data);
  }

  get site(): Site {
    return this.#to.site;
  }

  /** Sends requests that depend on the others, and that no other depends on. */
  get attempts(): Requests {
    return { site: this.site, request: (line, data) => this.#to.request(`${this.#number}-${line}`, data) };
  }
}
