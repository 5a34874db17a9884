import { ancestors, type Bytes } from "../model/bytes";
import type { EntryType } from "../model/entry";
import { applyMode, isAbsolute, type Mode, type ModeSpec } from "../model/mode";
import type { Claim, ClaimField, Composed, ComposedField, Hold } from "./claim";
import { formatOwner, isHeld } from "./claim";
import { type Glob, parseGlob } from "./glob";

/** Everything that is wanted of one jail, by whomever. */
export interface Intent {
  readonly claims: readonly Claim[];
  /** Globs that are left alone, with everything below them. */
  readonly exclude: readonly Glob[];
}

/** Two claims of equal rank that want different values for a field of one path. */
export interface Conflict {
  readonly path: Bytes;
  readonly field: "owner" | "group" | "mode";
  readonly claims: readonly [Claim, Claim];
}

/**
 * The one place where claims meet: what is expected at a path. Baseline, then `writable`, then rules by order, globs
 * before literal paths; each field belongs to the claim that wrote it last.
 */
export interface Expectation {
  /** What is expected of an entry of this type; undefined where nobody holds anything. Conflicts are told to `report`. */
  at(path: Bytes, type: EntryType, report: (conflict: Conflict) => void): Composed | undefined;
  /** Paths that have to exist, outermost first, with the claim that says so. */
  readonly required: ReadonlyMap<Bytes, Claim>;
  excluded(path: Bytes): boolean;
  /** True when something more specific than the baseline speaks of the path. */
  declared(path: Bytes): boolean;
}

export function expected(intent: Intent): Expectation {
  const ranked = rank(intent.claims);
  const required = requiredPaths(intent.claims);
  const excluded = (path: Bytes) =>
    intent.exclude.length > 0 &&
    [...ancestors(path), path].some((part) => intent.exclude.some((glob) => glob.matches(part)));
  // Of many thousand paths most are matched by the same few claims: each such set is composed once.
  const composed = new Map<string, { fields: Composed; conflicts: Omit<Conflict, "path">[] }>();
  let last: { path: Bytes; claims: readonly Ranked[] } | undefined;
  const claimsOf = (path: Bytes) => {
    if (last?.path !== path) last = { path, claims: ranked.filter(({ claim }) => matches(claim, path)) };
    return last.claims;
  };
  return {
    required,
    excluded,
    declared: (path) =>
      required.has(path) || claimsOf(path).some(({ claim }) => claim.tier !== "baseline") || excluded(path),
    at(path, type, report) {
      if (!isHeld(type) || excluded(path)) return undefined;
      const claims = claimsOf(path);
      const key = `${type} ${claims.map(({ index }) => index).join()}`;
      const known = composed.get(key) ?? compose(claims, type);
      composed.set(key, known);
      for (const conflict of known.conflicts) report({ ...conflict, path });
      return known.fields;
    },
  };
}

/** A claim in the order of ranks; claims of one `group` have equal rank. */
interface Ranked {
  readonly claim: Claim;
  readonly index: number;
  readonly group: string;
}

const tiers: readonly Claim["tier"][] = ["baseline", "writable", "rule"];

function rank(claims: readonly Claim[]): Ranked[] {
  const key = ({ tier, order, match }: Claim) =>
    [tiers.indexOf(tier), order, match.literal === undefined ? 0 : 1] as const;
  const compare = (a: Claim, b: Claim) => {
    const [one, other] = [key(a), key(b)];
    const [name, otherName] = [formatOwner(a.by), formatOwner(b.by)];
    const byName = name < otherName ? -1 : name > otherName ? 1 : 0;
    return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || byName;
  };
  return [...claims].sort(compare).map((claim, index) => ({ claim, index, group: key(claim).join() }));
}

function requiredPaths(claims: readonly Claim[]): Map<Bytes, Claim> {
  const found: [Bytes, Claim][] = [];
  for (const claim of claims) {
    const path = claim.match.literal;
    if (claim.presence !== "required" || path === undefined) continue;
    for (const each of [...ancestors(path), path]) found.push([each, claim]);
  }
  // A path that is declared itself is required by that claim rather than by one of a path below it.
  const required = new Map<Bytes, Claim>();
  for (const [path, claim] of found) {
    if (!required.has(path) || claim.match.literal === path) required.set(path, claim);
  }
  return new Map([...required].sort(([one], [other]) => depth(one) - depth(other) || (one < other ? -1 : 1)));
}

function depth(path: Bytes): number {
  return path === "." ? 0 : path.split("/").length;
}

function compose(
  ranked: readonly Ranked[],
  type: "file" | "directory",
): { fields: Composed; conflicts: Omit<Conflict, "path">[] } {
  const modeField: ClaimField = type === "file" ? "fileMode" : "directoryMode";
  const conflicts: Omit<Conflict, "path">[] = [];
  let { owner, group, mode }: Composed = {};
  for (const name of new Set(ranked.map((one) => one.group))) {
    const claims = ranked.filter((one) => one.group === name).map(({ claim }) => claim);
    const below = mode;
    owner = settle("owner", claims, (claim) => claim.want.owner, conflicts) ?? owner;
    group = settle("group", claims, (claim) => claim.want.group, conflicts) ?? group;
    mode = settle("mode", claims, (claim) => resolve(claim.want[modeField], below, type), conflicts) ?? mode;
  }
  return { fields: { ...put("owner", owner), ...put("group", group), ...put("mode", mode) }, conflicts };
}

function matches(claim: Claim, path: Bytes): boolean {
  return claim.match.matches(path) && !claim.except.some((glob) => glob.matches(path));
}

function put<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

/** A declared mode on top of the one composed so far. */
function resolve(
  hold: Hold<ModeSpec> | undefined,
  base: ComposedField<Mode> | undefined,
  type: "file" | "directory",
): Hold<Mode> | undefined {
  if (hold?.is !== "value") return hold;
  if ("octal" in hold.value) return { is: "value", value: hold.value.octal };
  // A relative mode over one that is not known, or not held, is not known either.
  if (base !== undefined && base.hold.is !== "value") {
    if (!isAbsolute(hold.value, type === "directory")) return base.hold;
  }
  return {
    is: "value",
    value: applyMode(hold.value, base?.hold.is === "value" ? base.hold.value : 0, type === "directory"),
  };
}

/** What claims of equal rank agree on; those that do not agree with the first are conflicts, and it is kept. */
function settle<T>(
  field: Conflict["field"],
  claims: readonly Claim[],
  holdOf: (claim: Claim) => Hold<T> | undefined,
  conflicts: Omit<Conflict, "path">[],
): ComposedField<T> | undefined {
  let settled: ComposedField<T> | undefined;
  for (const by of claims) {
    const hold = holdOf(by);
    if (hold === undefined) continue;
    if (settled === undefined) settled = { hold, by };
    else if (hold.is !== "reserved" && settled.hold.is !== "reserved" && !sameHold(hold, settled.hold))
      conflicts.push({ field, claims: [settled.by, by] });
  }
  return settled;
}

function sameHold<T>(one: Hold<T>, other: Hold<T>): boolean {
  return one.is === "value" && other.is === "value" ? one.value === other.value : one.is === other.is;
}

/** Globs of an `exclude` map. */
export function parseExclude(exclude: Readonly<Record<string, string>> | undefined): Glob[] {
  return Object.keys(exclude ?? {}).map(parseGlob);
}
