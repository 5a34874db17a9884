import { type Finding, isRefusal } from "../intent/finding";
import type { Bytes } from "../model/bytes";

/** The findings that the last `up` has left, to tell the new ones from. Where no `up` has left a list, none is new. */
export class EarlierFindings {
  readonly #keys: ReadonlySet<string> | undefined;
  /** Undeclared entries; undefined where the list names only some of them. */
  readonly #entries: ReadonlySet<Bytes> | undefined;

  constructor(findings: readonly Finding[] | undefined) {
    this.#keys = findings && new Set(findings.map(keyOf));
    const isWhole = findings?.every(({ id }) => id !== "more-undeclared-entries") === true;
    const entries = findings?.flatMap(({ id, at }) => (id === "undeclared-entry" && at !== undefined ? [at] : []));
    this.#entries = isWhole ? new Set(entries) : undefined;
  }

  isNewEntry(at: Bytes): boolean {
    return this.#entries?.has(at) === false;
  }

  /** Marks the new findings. A refusal says itself what keeps the change. */
  mark<One extends Finding>(findings: readonly One[]): One[] {
    return findings.map((one) => (this.#isNew(one) ? { ...one, isNew: true } : one));
  }

  #isNew(one: Finding): boolean {
    if (this.#keys === undefined || isRefusal(one) || one.id === "more-undeclared-entries") return false;
    if (one.id === "undeclared-entry") return one.at !== undefined && this.isNewEntry(one.at);
    return !this.#keys.has(keyOf(one));
  }
}

/** A finding without its numbers: a process gets another one when it starts again, and the finding is the same. */
function keyOf({ id, at, by, evidence }: Finding): string {
  return JSON.stringify([id, at, by?.label, evidence], (_, value) => (typeof value === "number" ? undefined : value));
}

/** Whether two lists have the same findings, whatever their numbers. */
export function areSame(some: readonly Finding[], others: readonly Finding[]): boolean {
  const keys = (findings: readonly Finding[]) => JSON.stringify([...new Set(findings.map(keyOf))].sort());
  return keys(some) === keys(others);
}

/** The findings about running processes. */
export function aboutProcesses(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ id }) => id.startsWith("process"));
}
