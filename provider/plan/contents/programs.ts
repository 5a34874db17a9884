import { type Claim, isMixedClaim } from "../../intent/claim";
import type { Expectation } from "../../intent/expectation";
import { type Owner, sameOwner } from "../../intent/owner";
import type { Decided } from "../../intent/registry-record";
import { type Bytes, fromWire } from "../../model/bytes";
import type { EntryType, Live } from "../../model/entry";
import type { Observation } from "../../observe/observation";
import { isStable } from "../seal/zone";

/**
 * Decides which files are programs for `X` in a mode that covers all files. The execute bit of root's own file decides, where
 * only root may replace the file. It decides once; later runs read the decision from the registry's records.
 */
export class Programs {
  readonly #decided = new Map<Bytes, boolean>();
  readonly #entries: Observation["entries"];
  readonly #expectation: Expectation;

  constructor({ records, entries }: Pick<Observation, "records" | "entries">, expectation: Expectation) {
    this.#entries = entries;
    this.#expectation = expectation;
    for (const { decided } of records) {
      for (const path of decided?.plain ?? []) this.#decided.set(fromWire(path), false);
      for (const path of decided?.programs ?? []) this.#decided.set(fromWire(path), true);
    }
  }

  /** The type to ask an expectation for. */
  typeOf(path: Bytes, type: EntryType): EntryType | "program" {
    return this.#expectation.hasMixed && type === "file" && this.#isProgram(path) === true ? "program" : type;
  }

  /** The decisions of this run for the files whose mode this owner states with `X`; undefined where it states none. */
  decidedFor(owner: Owner, claims: readonly Claim[]): Decided | undefined {
    if (!claims.some((claim) => isMixedClaim(claim) && sameOwner(claim.by, owner))) return undefined;
    const programs: Bytes[] = [];
    const plain: Bytes[] = [];
    for (const [path, { type }] of this.#entries) {
      const is = type === "file" ? this.#isProgram(path) : undefined;
      if (is !== undefined && this.#isSaidBy(owner, path)) (is ? programs : plain).push(path);
    }
    return { programs: programs.sort(), plain: plain.sort() };
  }

  /** Undefined where there is no decision, and no file of root to decide it. */
  #isProgram(path: Bytes): boolean | undefined {
    const live = this.#entries.get(path);
    return this.#decided.get(path) ?? (live && this.#isRoots(path, live) ? (live.mode & 0o111) !== 0 : undefined);
  }

  #isSaidBy(owner: Owner, path: Bytes): boolean {
    const by = this.#expectation.at(path, "file")?.mode?.by;
    return by !== undefined && sameOwner(by.by, owner) && isMixedClaim(by);
  }

  #isRoots(path: Bytes, live: Live): boolean {
    return live.type === "file" && live.uid === 0 && isStable(this.#entries, path);
  }
}
