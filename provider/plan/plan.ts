import { type Claim, type Composed, formatOwner, neverUnheld, type Owner } from "../intent/claim";
import { type Conflict, type Expectation, expected } from "../intent/expected";
import type { Merged, Refusal } from "../intent/merge";
import { ancestors, type Bytes, show } from "../model/bytes";
import { type Live, principalId } from "../model/entry";
import type { Mode } from "../model/mode";
import { type Observation, rootOf } from "../observe/observation";

/** What one resource wants of one path: only the fields that it wrote last. */
export interface Wanted {
  readonly type?: "directory";
  readonly uid?: number;
  readonly gid?: number;
  /** The bits under `mask` have to be `bits`. */
  readonly mode?: { readonly bits: Mode; readonly mask: Mode };
}

/** One path that is not as one resource declares it. */
export interface Difference {
  readonly path: Bytes;
  readonly owner: Owner;
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly reason: string;
  /** Why it cannot be repaired, where that is so. */
  readonly blocked?: string;
}

/** The comparison of a jail's intent with an observation: what preview shows, what `up` repairs, what an audit reports. */
export interface Plan {
  readonly differences: readonly Difference[];
  readonly refusals: readonly Refusal[];
  /** Entries that no resource declares: worth knowing, no drift. */
  readonly undeclared: readonly Bytes[];
}

export function plan(merged: Merged, observation: Observation): Plan {
  const comparison = new Comparison(expected(merged.intent), observation);
  for (const [path, live] of observation.entries) comparison.entry(path, live);
  for (const [path, claim] of comparison.expectation.required) comparison.required(path, claim);
  const refusals = unique([
    ...merged.refusals,
    ...adoption(merged, observation),
    ...accounts(merged, observation),
    ...comparison.refusals,
  ]);
  const differences = comparison.differences.sort((one, other) =>
    one.path < other.path ? -1 : one.path > other.path ? 1 : 0,
  );
  return { differences: withHardLinks(differences, observation), refusals, undeclared: comparison.undeclared };
}

/** One composed field of one path. */
interface Part {
  readonly by: Claim;
  readonly want: Wanted;
  readonly differs: boolean;
}

/** A user that several arguments name is missing once. */
function unique(refusals: readonly Refusal[]): Refusal[] {
  return [...new Map(refusals.map((refusal) => [`${refusal.owner?.label}\0${refusal.why}`, refusal])).values()];
}

class Comparison {
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
    const composed = this.expectation.at(path, live.type, (conflict) => this.#conflict(conflict));
    if (!this.expectation.declared(path)) this.undeclared.push(path);
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
    if (missing) parts.unshift({ by: missing, want: { type: "directory" }, differs: true });
    for (const [owner, own] of groupBy(parts, ({ by }) => by.by)) {
      const differing = own.find(({ differs }) => differs);
      if (!differing) continue;
      const want: Wanted = Object.assign({}, ...own.map((part) => part.want));
      this.differences.push({ path, owner, live, want, reason: differing.by.reason });
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
    if (mode && mode.hold.is !== "reserved") {
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
    const key = `${owner.label}\0${why}`;
    if (!this.#told.has(key)) this.refusals.push({ owner, why });
    this.#told.add(key);
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

/** A root that holds something, and that nobody has taken over yet, is shown in full and refused. */
function adoption({ jail }: Merged, observation: Observation): Refusal[] {
  if (!jail || jail.args["adopt"] === true || !rootOf(observation) || observation.entries.size === 1) return [];
  const registered = observation.records.some(({ kind }) => kind === jail.kind);
  if (registered) return [];
  const why = `the root exists, holds ${observation.entries.size - 1} entries and was not made by pulumi-chroot: look at what would change, then set adopt: true to take it over`;
  return [{ owner: jail.owner, why }];
}

/** The daemon's own user and group have to exist, even where no path is theirs. */
function accounts({ jail }: Merged, { principals }: Observation): Refusal[] {
  if (!jail) return [];
  const named = [
    { what: "user", name: String(jail.args["user"]), ids: principals.uids },
    { what: "group", name: String(jail.args["group"]), ids: principals.gids },
  ];
  return named
    .filter(({ name, ids }) => principalId(name, ids) === undefined)
    .map(({ what, name }) => ({ owner: jail.owner, why: unknownPrincipal(what, name) }));
}

function unknownPrincipal(what: string, name: string): string {
  return `the host has no ${what} "${name}": create it there, or correct the declaration`;
}

/**
 * An inode with several names is changed under all of them. That is right only when every name is in the jail and wants
 * the same; else a file outside would change with it (practice: fs.protected_hardlinks, escape E19).
 */
function withHardLinks(differences: readonly Difference[], observation: Observation): Difference[] {
  const several = differences.filter(({ live }) => live && live.links > 1 && live.type !== "directory");
  if (several.length === 0) return [...differences];
  const inside = new Map<string, number>();
  for (const { inode, links } of observation.entries.values())
    if (links > 1) inside.set(inode, (inside.get(inode) ?? 0) + 1);
  return differences.map((difference) => {
    const { live } = difference;
    if (!live || live.links < 2 || live.type === "directory") return difference;
    const outside = live.links - (inside.get(live.inode) ?? 0);
    if (outside > 0) return { ...difference, blocked: `${outside} of its ${live.links} names are outside the jail` };
    const others = several.filter((other) => other.live?.inode === live.inode && other.owner === difference.owner);
    const agree = others.length === live.links && others.every((other) => sameWant(other.want, difference.want));
    return agree ? difference : { ...difference, blocked: `its ${live.links} names are declared differently` };
  });
}

function sameWant(one: Wanted, other: Wanted): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
