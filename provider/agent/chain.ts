import type { Reply } from "./reply";

/** Where requests are sent to. */
export interface Requests {
  request(line: string, data?: Buffer): Promise<Reply>;
}

/** The status of a request that was not done, as one before it in its chain has failed. No command ends so: xargs has 123 to 127. */
export const notDone = 254;

/**
 * Requests that build on one another, to be sent without waiting for the reply to the one before: once one has failed the host
 * does none of those that follow. What is sent beside a chain is no part of it. The first argument of one with data is its length:
 * by that the host passes over it.
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

  /** For those that may fail, and only depend on the others. */
  get attempts(): Requests {
    return { request: (line, data) => this.#to.request(`${this.#number}-${line}`, data) };
  }
}

/** What a request asks for, in whichever chain it is. */
export function wordOf(line: string): string {
  return /^(?:\d+[+-])?(\S*)/.exec(line)?.[1] ?? "";
}
