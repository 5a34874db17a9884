import { ancestors, type Bytes, depthOf } from "../model/bytes";
import type { EntryType } from "../model/entry";
import type { Claim, Composed } from "./claim";
import { isHeld } from "./claim";
import { type Composition, compose, isStated } from "./compose";
import { type Glob, leadsTo, parseGlob } from "./glob";
import { matcher } from "./matcher";
import { type Ranked, rank } from "./rank";

/** Everything that is wanted of one jail, by whomever. */
export interface Intent {
  readonly claims: readonly Claim[];
  /** Globs that are left alone, with everything below them. */
  readonly exclude: readonly Glob[];
}

/** Two claims of equal rank that want different values for a field of one path. */
export interface Conflict {
  readonly path: Bytes;
  readonly field: keyof Composed;
  readonly claims: readonly [Claim, Claim];
}

/** A claim that changes nothing about any path that was asked for, and the one that overrides it where it matches. */
export interface IdleClaim {
  readonly claim: Claim;
  readonly coveredBy?: Claim;
}

/**
 * The one place where claims meet: what is expected at a path. Baseline, then `writable`, then rules by order, globs
 * before literal paths; each field belongs to the claim that wrote it last.
 */
export interface Expectation {
  /** What is expected of an entry of this type; undefined where nobody holds anything. Conflicts are told to `report`. */
  at(path: Bytes, type: EntryType, report?: (conflict: Conflict) => void): Composed | undefined;
  /** Paths that have to exist, outermost first, with the claim that says so. */
  readonly required: ReadonlyMap<Bytes, Claim>;
  excluded(path: Bytes): boolean;
  /** True when something more specific than the baseline speaks of the path. */
  declared(path: Bytes): boolean;
  /** Whether something that comes and goes is declared below a directory, whether or not it is there now. */
  awaits(directory: Bytes): boolean;
  /** Rules that had no say in any path so far. */
  idle(): IdleClaim[];
}

/** Claims that meet at some paths, and what they come to for either type once somebody has asked. */
interface Met {
  readonly claims: readonly Ranked[];
  /** Something more specific than the baseline is among them. */
  readonly isDeclared: boolean;
  file?: Composition;
  directory?: Composition;
}

export function expected(intent: Intent): Expectation {
  const ranked = rank(intent.claims);
  const matching = matcher(ranked);
  const required = requiredPaths(intent.claims);
  const excluded = (path: Bytes) => isAtOrBelow(path, intent.exclude);
  const runtime = intent.claims.filter((claim) => claim.runtime === true);
  // Of many thousand paths most are matched by the same few claims: each such set is composed once.
  const known = new Map<readonly Ranked[], Met>();
  let last: { path: Bytes; met: Met } | undefined;
  const metAt = (path: Bytes): Met => {
    if (last?.path === path) return last.met;
    const claims = matching(path);
    const met = known.get(claims) ?? { claims, isDeclared: claims.some(({ claim }) => claim.tier !== "baseline") };
    known.set(claims, met);
    last = { path, met };
    return met;
  };
  return {
    required,
    excluded,
    awaits: (directory) => runtime.some(({ match }) => leadsTo(match, directory)),
    declared: (path) => required.has(path) || metAt(path).isDeclared || excluded(path),
    at(path, type, report) {
      if (!isHeld(type) || excluded(path)) return undefined;
      const met = metAt(path);
      met[type] ??= compose(met.claims, type);
      const { conflicts, fields } = met[type];
      if (report) for (const conflict of conflicts) report({ ...conflict, path });
      return fields;
    },
    idle: () => idleClaims(ranked, [...known.values()].flatMap(compositionsOf)),
  };
}

function compositionsOf({ file, directory }: Met): Composition[] {
  return [file, directory].filter((composition) => composition !== undefined);
}

function idleClaims(ranked: readonly Ranked[], compositions: readonly Composition[]): IdleClaim[] {
  const effective = new Set<Claim>();
  const over = new Map<Claim, Claim>();
  for (const { claims, contributors, type } of compositions) {
    for (const contributor of contributors) effective.add(contributor);
    for (const { claim } of claims) {
      if (contributors.has(claim) || !isStated(claim, type)) continue;
      const rival = claims.findLast((one) => contributors.has(one.claim) && isStated(one.claim, type));
      if (rival) over.set(claim, rival.claim);
    }
  }
  return ranked
    .filter(({ claim }) => claim.tier === "rule" && !effective.has(claim))
    .map(({ claim }) => ({ claim, ...(over.has(claim) ? { coveredBy: over.get(claim) as Claim } : {}) }))
    .filter(({ claim, coveredBy }) => coveredBy !== undefined || claim.runtime !== true);
}

function requiredPaths(claims: readonly Claim[]): Map<Bytes, Claim> {
  const found: [Bytes, Claim][] = [];
  for (const claim of claims) {
    const path = claim.match.literal;
    if (claim.presence === "optional" || path === undefined) continue;
    const places = claim.presence === "required" ? [...ancestors(path), path] : ancestors(path);
    for (const each of places) found.push([each, claim]);
  }
  // A path that is declared itself is required by that claim rather than by one of a path below it.
  const required = new Map<Bytes, Claim>();
  for (const [path, claim] of found) {
    if (!required.has(path) || claim.match.literal === path) required.set(path, claim);
  }
  return new Map([...required].sort(([one], [other]) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1)));
}

/** Globs of a map to reasons. */
export function globsOf(reasons: Readonly<Record<string, string>> | undefined): Glob[] {
  return Object.keys(reasons ?? {}).map(parseGlob);
}

/** Whether a path, or a directory above it, is like one of some globs. */
export function isAtOrBelow(path: Bytes, globs: readonly Glob[]): boolean {
  return globs.length > 0 && [...ancestors(path), path].some((part) => globs.some((glob) => glob.matches(part)));
}
