import { type Claim, type Composed, formatOwner, neverUnheld, type Owner } from "../intent/claim";
import type { Conflict, Expectation } from "../intent/expected";
import type { Refusal } from "../intent/merge";
import { ancestors, type Bytes, show } from "../model/bytes";
import { type Live, principalId } from "../model/entry";
import type { Observation } from "../observe/observation";
import type { Difference, Wanted } from "./difference";
import { unknownPrincipal } from "./refusals";

/** One composed field of one path. */
interface Part {
  readonly by: Claim;
  readonly want: Wanted;
  readonly differs: boolean;
}

/** Compares an observation with what is expected, path by path, and keeps what it finds. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly refusals: Refusal[] = [];
  readonly undeclared: Bytes[] = [];
  readonly expectation: Expectation;
  readonly #observation: Observation;
  readonly #told = new Set<string>();

  constructor(expectation: Expectation, observation: Observation) {
    this.expectation = expectation;
    this.#observation = observation;
  }

  entry(path: Bytes, live: Live): void {
    if (!this.expectation.declared(path)) this.undeclared.push(path);
    if (live.type !== "directory" && this.expectation.required.has(path)) return; // required() has it.
    const composed = this.expectation.at(path, live.type, (conflict) => this.#conflict(conflict));
    if (composed) this.#compare(path, live, composed, undefined);
  }

  /** A directory that has to be there and is not, or something else is in its place. */
  required(path: Bytes, claim: Claim): void {
    const live = this.#observation.entries.get(path);
    if (live?.type === "directory" || this.#isBelowMount(path) || this.expectation.excluded(path)) return;
    const composed = this.expectation.at(path, "directory", (conflict) => this.#conflict(conflict)) ?? {};
    this.#compare(path, live, composed, claim);
  }

  #compare(path: Bytes, live: Live | undefined, composed: Composed, missing: Claim | undefined): void {
    const parts = this.#parts(composed, missing ? undefined : live);
    if (missing) parts.unshift({ by: missing, want: {}, differs: true });
    for (const [owner, own] of groupBy(parts, ({ by }) => by.by)) {
      const differing = own.find(({ differs }) => differs);
      if (!differing) continue;
      // Whoever has a field of a missing directory may make it: `up --target` does what its preview says.
      const want: Wanted = Object.assign(missing ? { type: "directory" } : {}, ...own.map((part) => part.want));
      const above = missing ? { above: this.#missingAbove(path) } : {};
      this.differences.push({ path, owner, live, want, reason: differing.by.reason, ...above });
    }
  }

  /** The composed fields that anybody holds, each beside what is there. */
  #parts({ owner, group, mode }: Composed, live: Live | undefined): Part[] {
    const parts: Part[] = [];
    if (owner?.hold.is === "value") {
      const uid = this.#id("user", owner.hold.value, owner.by);
      if (uid !== undefined) parts.push({ by: owner.by, want: { uid }, differs: live?.uid !== uid });
    }
    if (group?.hold.is === "value") {
      const gid = this.#id("group", group.hold.value, group.by);
      if (gid !== undefined) parts.push({ by: group.by, want: { gid }, differs: live?.gid !== gid });
    }
    if (mode && mode.hold.is !== "reserved" && (live || mode.hold.is === "value")) {
      const held = mode.hold.is === "value" ? { bits: mode.hold.value, mask: 0o7777 } : { bits: 0, mask: neverUnheld };
      const differs = live === undefined || (live.mode & held.mask) !== held.bits;
      parts.push({ by: mode.by, want: { mode: held }, differs });
    }
    return parts;
  }

  #id(what: "user" | "group", name: string, by: Claim): number | undefined {
    const { uids, gids } = this.#observation.principals;
    const id = principalId(name, what === "user" ? uids : gids);
    if (id === undefined) this.#refuse(by.by, unknownPrincipal(what, name));
    return id;
  }

  #conflict({ path, field, claims: [one, other] }: Conflict): void {
    const names = `${formatOwner(one.by)} and ${formatOwner(other.by)}`;
    const why = `${names} give different ${field === "mode" ? "modes" : `${field}s`} to ${show(path)} with the same order: give one of them a higher order, or a literal path`;
    this.#refuse(one.by, why);
    this.#refuse(other.by, why);
  }

  #refuse(owner: Owner, why: string): void {
    // One conflict may be met on each of many thousand paths: keep what is kept small.
    const key = `${formatOwner(owner)}\0${why}`;
    if (!this.#told.has(key)) this.refusals.push({ owner, why });
    this.#told.add(key);
  }

  #missingAbove(path: Bytes): Bytes[] {
    const { entries } = this.#observation;
    const all = path === "." ? [] : ["." as Bytes, ...ancestors(path)];
    return all.filter((above) => entries.get(above)?.type !== "directory");
  }

  #isBelowMount(path: Bytes): boolean {
    const { mounts } = this.#observation;
    return mounts.length > 0 && [...ancestors(path), path].some((part) => mounts.includes(part));
  }
}

function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}
