import { ChrootError } from "../errors";
import { type Bytes, showRemote } from "../model/bytes";
import type { Live } from "../model/entry";

/** The agent's answer to one request. */
export interface Reply {
  readonly status: number;
  /** What went wrong, as the host's tools put it. Raw: `showRemote` before it is printed. */
  readonly error: string;
  /** The lines before the last one, as `[word, rest]`. */
  readonly lines: readonly (readonly [string, string])[];
  /** Whoever asked may change it: it is nobody else's. */
  readonly entries: Map<Bytes, Live>;
  /** What the host's tools have printed, by what it was asked for. */
  readonly lists: ReadonlyMap<string, List>;
}

/** What one tool of the host has printed, in pieces. */
export interface List {
  readonly pieces: readonly string[];
  readonly status: number;
  /** What it complained of. Raw, as a reply's. */
  readonly error: string;
}

/** Of what has printed nothing, and had nothing to complain of. */
export const emptyList: List = { pieces: [], status: 0, error: "" };

/** Why a request has failed, in words that may be printed. */
export function whyOf({ status, error }: Pick<Reply, "status" | "error">): string {
  return showRemote(error) || `exit status ${status}`;
}

/** The reply, or the list, or an error that names the request. */
export function expectDone<T extends Pick<Reply, "status" | "error">>(reply: T, what: string, where: string): T {
  if (reply.status === 0) return reply;
  throw new ChrootError("operation", { what, where, why: whyOf(reply) });
}
