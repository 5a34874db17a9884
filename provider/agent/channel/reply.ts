import { ChrootError } from "../../errors";
import { type Bytes, showRemote } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { LineOf, ListOf, Word } from "../protocol";

/** The agent's answer to one request. */
export interface Reply<W extends Word = Word> {
  readonly status: number;
  /** The complaints of the host's tools. Raw: `showRemote` before it is printed. */
  readonly error: string;
  /** The lines before the last one, as `[word, rest]`. */
  readonly lines: readonly (readonly [LineOf<W>, string])[];
  /** The caller may change the map: it is not shared. */
  readonly entries: Map<Bytes, Live>;
  /** The output of the host's tools, by name. */
  readonly lists: ReadonlyMap<ListOf<W>, List>;
}

/** The rest of the first line with a word; undefined where the reply has none. */
export function toldIn<W extends Word>({ lines }: Pick<Reply<W>, "lines">, word: LineOf<W>): string | undefined {
  return lines.find(([one]) => one === word)?.[1];
}

/** Whether a reply has a line with a word. */
export function hasLine<W extends Word>(reply: Pick<Reply<W>, "lines">, word: LineOf<W>): boolean {
  return toldIn(reply, word) !== undefined;
}

/** The rest of each line with a word. */
export function allToldIn<W extends Word>({ lines }: Pick<Reply<W>, "lines">, word: LineOf<W>): string[] {
  return lines.filter(([one]) => one === word).map(([, rest]) => rest);
}

/** The output of one tool of the host, in pieces. */
export interface List {
  readonly pieces: readonly string[];
  readonly status: number;
  /** The tool's complaints. Raw, as a reply's. */
  readonly error: string;
}

/** The list of a tool that printed nothing and complained of nothing. */
export const emptyList: List = { pieces: [], status: 0, error: "" };

/** Why a request has failed, in words that may be printed. */
export function whyOf({ status, error }: Pick<Reply, "status" | "error">): string {
  return showRemote(error) || `exit status ${status}`;
}

/** Gives the reply, or the list; throws an error that names the request where it failed. */
export function expectDone<T extends Pick<Reply, "status" | "error">>(reply: T, what: string, where: string): T {
  if (reply.status === 0) return reply;
  throw new ChrootError("operation", { what, where, why: whyOf(reply) });
}
