import type { Bytes } from "../model/bytes";
import type { EntryType } from "../model/entry";
import { ancestors, depthOf } from "../model/path";
import type { Claim, Composed } from "./claim";
import { isHeld, isMixedClaim } from "./claim";
import { type Composition, compose, isStated } from "./compose";
import { claimMatcher } from "./glob/claim-matcher";
import { type Glob, isAtOrBelow, leadsTo } from "./glob/glob";
import { type Ranked, rankClaims } from "./rank";

/** The intent of all resources for one jail. */
export interface Intent {
  readonly claims: readonly Claim[];
  /** Globs that are left alone, with everything below them. */
  readonly exclude: readonly Glob[];
  /** Links in the jail that the paths of claims led through, and the directories above them. */
  readonly through?: ReadonlySet<Bytes>;
}

/** Two claims of equal rank that want different values for a field of one path. */
export interface Conflict {
  readonly path: Bytes;
  readonly field: keyof Composed;
  readonly claims: readonly [Claim, Claim];
}

/** A claim that changed no path that was asked for, and the claim that overrides it where it matches. */
interface IdleClaim {
  readonly claim: Claim;
  readonly coveredBy?: Claim;
}

/**
 * The only place that composes claims: the expectation for a path. Precedence rises from baseline to `writable` to rules by
 * order, and from globs to literal paths; the last claim to write a field decides it.
 */
export interface Expectation {
  /**
   * The expectation for an entry of this type, for a file also as a program; undefined where no claim matches. `report` gets the
   * conflicts.
   */
  at(path: Bytes, type: EntryType | "program", report?: (conflict: Conflict) => void): Composed | undefined;
  /** Paths that must exist, outermost first, each with its claim. */
  readonly required: ReadonlyMap<Bytes, Claim>;
  /** Whether a claim states a file mode that leaves only the execute bits to `X`. */
  readonly hasMixed: boolean;
  excluded(path: Bytes): boolean;
  /** Whether a claim more specific than the baseline matches the path. */
  declared(path: Bytes): boolean;
  /** Whether a claim declares runtime entries below a directory, present or not. */
  awaits(directory: Bytes): boolean;
  /**
   * Claims of equal rank that name one path and disagree. They are a mistake of the program even where the path does not exist.
   */
  conflicts(): Conflict[];
  /** Rules that have decided no path so far. */
  idle(): IdleClaim[];
}

/** The claims for some paths, and their composition for each type once it has been asked for. */
interface Met {
  readonly claims: readonly Ranked[];
  /** Whether a claim more specific than the baseline is among them. */
  readonly isDeclared: boolean;
  file?: Composition;
  program?: Composition;
  directory?: Composition;
}

export function expectationOf(intent: Intent): Expectation {
  const ranked = rankClaims(intent.claims);
  const matching = claimMatcher(ranked);
  const required = requiredPaths(intent.claims);
  const excluded = (path: Bytes) => isAtOrBelow(path, intent.exclude);
  const runtime = intent.claims.filter((claim) => claim.runtime === true);
  // The same few claims match most of many thousand paths: each such set is composed once.
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
    hasMixed: intent.claims.some(isMixedClaim),
    excluded,
    awaits: (directory) => runtime.some(({ match }) => leadsTo(match, directory)),
    declared: (path) =>
      required.has(path) || intent.through?.has(path) === true || metAt(path).isDeclared || excluded(path),
    at(path, type, report) {
      if ((type !== "program" && !isHeld(type)) || excluded(path)) return undefined;
      const met = metAt(path);
      met[type] ??= compose(met.claims, type);
      const { conflicts, fields } = met[type];
      if (report) for (const conflict of conflicts) report({ ...conflict, path });
      return fields;
    },
    conflicts: () => namedPaths(ranked, excluded).flatMap((path) => literalConflicts(path, matching(path))),
    idle: () => idleClaims(ranked, [...known.values()].flatMap(compositionsOf)),
  };
}

/** Paths that several rules name. */
function namedPaths(ranked: readonly Ranked[], excluded: (path: Bytes) => boolean): Bytes[] {
  const [once, several] = [new Set<Bytes>(), new Set<Bytes>()];
  for (const { claim } of ranked) {
    if (claim.tier !== "rule" || claim.match.literal === undefined) continue;
    (once.has(claim.match.literal) ? several : once).add(claim.match.literal);
  }
  return [...several].filter((path) => !excluded(path));
}

function literalConflicts(path: Bytes, claims: readonly Ranked[]): Conflict[] {
  const isLiteral = ({ match }: Claim) => match.literal !== undefined;
  const conflicts = (["file", "directory"] as const).flatMap((type) => compose(claims, type).conflicts);
  return conflicts.filter((conflict) => conflict.claims.every(isLiteral)).map((conflict) => ({ ...conflict, path }));
}

function compositionsOf({ file, program, directory }: Met): Composition[] {
  return [file, program, directory].filter((composition) => composition !== undefined);
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
  // A path with its own claim gets that claim rather than one for a path below it.
  const required = new Map<Bytes, Claim>();
  for (const [path, claim] of found) {
    if (!required.has(path) || claim.match.literal === path) required.set(path, claim);
  }
  return new Map([...required].sort(([one], [other]) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1)));
}
