import { type Word, words } from "../../../provider/agent/protocol";
import type { Session } from "./session";

/** One request as the real agent's `read -r request a b c` takes it apart, and its data. */
interface Asked {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly data: string;
}

/** Does one request. It tells the reply's lines and lists; a {@link Failure} is its status and error. */
export type Serve = (session: Session, asked: Asked) => void | Promise<void>;

/** The line of a request: its chain, if any, its word and arguments. */
export interface Line extends Omit<Asked, "data"> {
  readonly chain: string | undefined;
  /** Whether others in the chain build on it. */
  readonly isNeeded: boolean;
  readonly word: string;
}

export function readLine(line: string): Line {
  const [, request = "", a = "", b = "", c = ""] = /^(\S*) *(\S*) *(\S*) *(.*)$/s.exec(line) ?? [];
  const [, chain, sign, word = ""] = /^(?:(\d+)([+-]))?(.*)$/s.exec(request) ?? [];
  return { chain, isNeeded: sign === "+", word, a, b, c };
}

/** The length of the data behind a request's line. */
export function dataLength({ word, a, b, c }: Line): number {
  const takes: readonly string[] = Object.hasOwn(words, word) ? words[word as Word].takes : [];
  const at = takes.findIndex((name) => name.replace("?", "") === "length");
  return Number([a, b, c][at] || 0);
}

/** The pieces of data that end in NUL, or in a line break. */
export function piecesOf(data: string, end = "\0"): string[] {
  return data.split(end).slice(0, -1);
}
