import type { Word } from "../../../../provider/agent/protocol";
import { registryName } from "../../../../provider/agent/site";
import type { Given } from "../entries";

/** One request: its word, and the arguments by name. With a number it is part of that chain; `attempt` is one that no other builds on. */
export interface Step {
  readonly word: Word;
  readonly fields: Readonly<Record<string, string | number | Buffer>>;
  readonly chain?: number;
  readonly isAttempt?: boolean;
}

/** A sequence of requests to one agent that both hosts have to answer alike, and the entries before it. */
export interface Case {
  readonly what: string;
  readonly root: string;
  readonly given: Given;
  readonly steps: readonly Step[];
  /** Directories of the host, beside the root, that have to be alike afterwards. */
  readonly beside?: readonly string[];
}

export const step = (word: Word, fields: Step["fields"] = {}): Step => ({ word, fields });

/** Bytes of a list, each item with a NUL behind it. */
export const list = (...items: string[]) => Buffer.from(items.map((item) => `${item}\0`).join(""), "latin1");
/** The same with a line break behind each. */
export const lines = (...items: string[]) => Buffer.from(items.map((item) => `${item}\n`).join(""), "latin1");
export const bytes = (text: string) => Buffer.from(text, "latin1");

/** Takes the lock and enters. */
export function begin(root: string, mode: "-s" | "-x"): Step[] {
  return [step("registry", { name: registryName(root), mode, wait: 9 }), step("enter", { data: bytes(root) })];
}

/** A change of a jail that is there. */
export const change = (root: string, ...steps: Step[]): Step[] => [...begin(root, "-x"), ...steps, step("tidy")];

/** A look at it. */
export const look = (root: string, ...steps: Step[]): Step[] => [
  ...begin(root, "-s"),
  step("zone"),
  step("look"),
  ...steps,
];
