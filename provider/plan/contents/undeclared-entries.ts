import { acceptingKey } from "../../intent/acceptance";
import { type Finding, finding } from "../../intent/finding";
import type { Reasons } from "../../intent/jail-intent";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import { TopPaths } from "../top-paths";

/** The most undeclared paths that a plan names; it counts the others. */
const limit = 20;

/** Entries that no resource declares. Accepted ones do not use up the limit. */
export class UndeclaredEntries {
  readonly #accept: Reasons;
  readonly #accepted = new TopPaths(limit);
  readonly #others = new TopPaths(limit);

  constructor(accept: Reasons) {
    this.#accept = accept;
  }

  add(at: Bytes): void {
    const key = acceptingKey({ id: "undeclared-entry", at }, this.#accept);
    (key === undefined ? this.#others : this.#accepted).add(at);
  }

  findings(by: Owner | undefined): Finding[] {
    const more = this.#others.count - this.#others.paths.length;
    return [
      ...[...this.#others.paths, ...this.#accepted.paths].map((at) => finding("undeclared-entry", {}, { at, by })),
      ...(more > 0 ? [finding("more-undeclared-entries", { count: more }, { by })] : []),
    ];
  }
}
