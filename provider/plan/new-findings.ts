import { type Finding, isRefusal } from "../intent/finding";
import { entryKey, type KnownFindings, keyOf } from "../intent/known-findings";
import type { Bytes } from "../model/bytes";

/** The findings that the last change has left, to tell the new ones from. Where it has left no list, none is new. */
export class NewFindings {
  readonly #keys: ReadonlySet<string> | undefined;
  readonly #hasAllEntries: boolean;

  constructor(known: KnownFindings | undefined) {
    this.#keys = known && new Set(known.keys);
    this.#hasAllEntries = known?.hasAllEntries === true;
  }

  isNewEntry(at: Bytes): boolean {
    return this.#hasAllEntries && this.#keys?.has(entryKey(at)) === false;
  }

  /** Marks the new findings. A refusal says itself what keeps the change. */
  mark<One extends Finding>(findings: readonly One[]): One[] {
    return findings.map((one) => (this.#isNew(one) ? { ...one, isNew: true } : one));
  }

  #isNew(one: Finding): boolean {
    if (isRefusal(one) || one.id === "more-undeclared-entries") return false;
    if (one.id === "undeclared-entry") return one.at !== undefined && this.isNewEntry(one.at);
    return this.#keys?.has(keyOf(one)) === false;
  }
}
