import { isMap } from "../model/values";
import type { Planned, RolloutEvent } from "./event";
import { eventLine, firstLine } from "./journal-lines";
import { RolloutRecord } from "./record";

/**
 * The file of a rollout: one line of JSON for its plan and one for each event. A line is written before anything follows from it,
 * so a process that is killed leaves at most one line without an end, which counts for nothing.
 */
export function lineOf(entry: Planned | RolloutEvent): string {
  return `${JSON.stringify(entry)}\n`;
}

export interface ReadJournal {
  readonly planned: Planned;
  readonly record: RolloutRecord;
  /** Bytes of whole lines: a process that goes on writes from there. */
  readonly end: number;
}

export type JournalProblem =
  | { readonly problem: "no-record" | "newer-version" }
  | { readonly problem: "bad-line"; line: number };

/** The record that a file has. */
export function readJournal(text: string): ReadJournal | JournalProblem {
  const end = text.lastIndexOf("\n") + 1;
  const [first, ...lines] = text.slice(0, end).split("\n").slice(0, -1);
  const head = first === undefined ? undefined : parse(first);
  if (!isMap(head) || head["record"] !== "pulumi-chroot rollout") return { problem: "no-record" };
  if (head["version"] !== 1) return { problem: "newer-version" };
  const planned: Planned | undefined = firstLine.safeParse(head).data;
  if (!planned) return { problem: "bad-line", line: 1 };
  const record = new RolloutRecord(planned.plan);
  for (const [index, line] of lines.entries()) {
    // A rollout must not go on from an event that somebody else has written, and that would count as another one.
    const event: RolloutEvent | undefined = eventLine.safeParse(parse(line)).data;
    if (!event) return { problem: "bad-line", line: index + 2 };
    record.add(event);
  }
  return { planned, record, end: Buffer.byteLength(text.slice(0, end)) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
