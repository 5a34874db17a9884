import { type Fields, lineOf, type Word } from "../protocol";
import type { Site } from "../site";
import type { Reply } from "./reply";

/** Takes requests: an agent, or a chain of requests to it. */
export interface Requests {
  /** The jail that the requests are about. */
  readonly site: Site;
  request(line: string, data?: Buffer): Promise<Reply>;
}

type Given<W extends Word> = Record<never, never> extends Fields<W> ? [fields?: Fields<W>] : [fields: Fields<W>];

/** Sends one request of the protocol. */
export function ask<W extends Word>(to: Requests, word: W, ...[fields = {} as Fields<W>]: Given<W>): Promise<Reply<W>> {
  const data = "data" in fields ? (fields["data"] as Buffer | undefined) : undefined;
  return to.request(lineOf(word, fields, data?.length), data) as Promise<Reply<W>>;
}
