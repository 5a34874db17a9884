import { acceptingKey } from "../../intent/acceptance";
import { type Finding, finding } from "../../intent/finding";
import type { Reasons } from "../../intent/jail-intent";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import { TopPaths } from "../top-paths";

/** The most undeclared paths that a plan names; it counts the others. */
const limit = 20;

/**
 * Entries that no resource declares, new ones first. Accepted ones and new ones do not use up the limit of the others. An entry
 * that `isGoing` counts only if it is accepted: it goes with a dropped resource.
 */
export class UndeclaredEntries {
  readonly #accept: Reasons;
  readonly #isNew: (at: Bytes) => boolean;
  readonly #isGoing: (at: Bytes) => boolean;
  readonly #accepted = new TopPaths(limit);
  readonly #new = new TopPaths(limit);
  readonly #others = new TopPaths(limit);

  constructor(accept: Reasons, { isNew, isGoing }: { isNew: (at: Bytes) => boolean; isGoing: (at: Bytes) => boolean }) {
    this.#accept = accept;
    this.#isNew = isNew;
    this.#isGoing = isGoing;
  }

  add(at: Bytes): void {
    const key = acceptingKey({ id: "undeclared-entry", at }, this.#accept);
    if (key === undefined && this.#isGoing(at)) return;
    const others = this.#isNew(at) ? this.#new : this.#others;
    (key === undefined ? others : this.#accepted).add(at);
  }

  findings(by: Owner | undefined): Finding[] {
    const more = [this.#new, this.#others].reduce((sum, { count, paths }) => sum + count - paths.length, 0);
    return [
      ...[...this.#new.paths, ...this.#others.paths, ...this.#accepted.paths].map((at) =>
        finding("undeclared-entry", {}, { at, by }),
      ),
      ...(more > 0 ? [finding("more-undeclared-entries", { count: more }, { by })] : []),
    ];
  }
}
