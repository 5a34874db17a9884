import type { Bytes } from "../../model/bytes";
import { groupBy } from "../../model/group-by";
import { ancestors } from "../../model/path";
import type { Difference } from "../../plan/difference";
import { parentOf } from "../../plan/seal/zone";
import { byWeight, isAlwaysShown } from "../../plan/weight";

/** The place of several paths: one directory, or anywhere below it. */
export interface Place {
  readonly at: Bytes;
  readonly isDeep: boolean;
  /** The end that all names have, such as `.db`; empty where they have none in common. */
  readonly suffix: string;
}

/** Differences of one place that are shown together. */
export interface Group extends Place {
  readonly differences: readonly Difference[];
}

/** All of some differences: single ones, and groups of the others. */
export interface Summary {
  readonly each: readonly Difference[];
  readonly groups: readonly Group[];
}

/** The most kinds of difference that the line of a group shows. */
export const mostKinds = 5;

/** The fewest entries that are told as one, where they differ in the same way: of one directory, and of several. */
const fewestAlike = { near: 6, apart: 20 };

/**
 * Differences for people, worst first. Entries that differ in the same way are a group. Where more than `limit` lines are left,
 * the differences that must never be cut stay single, and the rest is grouped by directory, as finely as there is room for.
 * Directories with root's own entries are split first, as a daemon can make any number of directories and files.
 */
export function summarize(differences: readonly Difference[], limit: number): Summary {
  const sorted = [...differences].sort(byWeight);
  const brief = withAlikeTogether(sorted);
  if (brief.each.length + brief.groups.length <= limit) return brief;
  const shown = sorted.filter(isAlwaysShown);
  const rest = sorted.filter((difference) => !isAlwaysShown(difference));
  const parts = rest.length === 0 ? [] : split(new Part(rest), Math.max(limit - shown.length, Math.ceil(limit / 2)));
  const single = parts.flatMap(({ differences: of }) => (of.length === 1 ? of : []));
  const groups = parts.filter(({ differences: of }) => of.length > 1);
  return { each: [...shown, ...single].sort(byWeight), groups: groups.sort((one, other) => byWorst(one, other)) };
}

/**
 * The summary of a coming repair. Undeclared entries that are moved away are counted for each directory, not listed; one that
 * cannot be moved is single, with the reason.
 */
export function forecast(differences: readonly Difference[], limit: number): Summary {
  const isCounted = (difference: Difference) =>
    difference.prune !== undefined && difference.blocked === undefined && !isAlwaysShown(difference);
  const directories = groupBy(differences.filter(isCounted), ({ path }) => directoryOf(path));
  const several = [...directories.values()].filter((of) => of.length > 1);
  // A daemon can make any number of such directories.
  if (several.length > limit) return summarize(differences, limit);
  const counted = new Set(several.flat());
  const { each, groups } = summarize(
    differences.filter((difference) => !counted.has(difference)),
    limit,
  );
  return { each, groups: underOneName([...groups, ...several.map((of) => new Part(of))]).map(({ group }) => group) };
}

/** Groups entries that differ in the same way: by directory where it has enough of them, and the others of the jail. */
function withAlikeTogether(sorted: readonly Difference[]): Summary {
  const { near, apart } = fewestAlike;
  const parts = [...groupBy(sorted.filter(isPlain), likeness).values()].flatMap((alike) => {
    const directories = [...groupBy(alike, ({ path }) => directoryOf(path)).values()];
    const rest = directories.filter((of) => of.length < near).flat();
    return [...directories.filter((of) => of.length >= near), ...(rest.length >= apart ? [rest] : [])];
  });
  // A line has room for so many kinds: more of them are told one by one, so that a daemon cannot push root's own out.
  const groups = underOneName(parts.map((of) => new Part(of)))
    .filter(({ kinds }) => kinds <= mostKinds)
    .map(({ group }) => group);
  const told = new Set(groups.flatMap(({ differences: found }) => found));
  return { each: sorted.filter((one) => !told.has(one)), groups: groups.sort(byWorst) };
}

/** Makes groups of one name one group, as a name is told once. */
function underOneName(groups: readonly Group[]): { readonly group: Group; readonly kinds: number }[] {
  const named = groupBy(groups, ({ at, isDeep, suffix }) => JSON.stringify([at, isDeep, suffix]));
  return [...named.values()].map((of) => {
    const [one] = of;
    const group = of.length === 1 && one ? one : new Part(of.flatMap(({ differences: found }) => found).sort(byWeight));
    return { group, kinds: of.length };
  });
}

/** Whether an entry differs in its permissions alone, and may be one of a group. */
function isPlain(difference: Difference): boolean {
  const { live, want, put, prune } = difference;
  return live !== undefined && want.type === undefined && !put && !prune && !isAlwaysShown(difference);
}

/** The same text for differences that read the same but for the path. */
function likeness({ live, want, keep, blocked, reason, owner, weight }: Difference): string {
  const fields = live && [live.type, live.uid, live.gid, live.mode, live.acl, live.capabilities];
  return JSON.stringify([fields, want, keep, blocked, reason, owner, weight]);
}

/** Takes parts apart, the small ones first, as long as there is room. */
function split(whole: Part, room: number): Part[] {
  let parts = [whole];
  for (;;) {
    const [next] = parts
      .filter((part) => part.parts.length > 1 && parts.length - 1 + part.parts.length <= room)
      .sort((one, other) => Number(one.isOthers) - Number(other.isOthers) || one.parts.length - other.parts.length);
    if (!next) return parts;
    parts = parts.flatMap((part) => (part === next ? next.parts : [part]));
  }
}

function byWorst({ differences: [one] }: Group, { differences: [other] }: Group): number {
  return one && other ? byWeight(one, other) : 0;
}

class Part implements Group {
  readonly at: Bytes;
  readonly isDeep: boolean;
  readonly suffix: string;
  /** Root owns none of the entries. */
  readonly isOthers: boolean;
  readonly differences: readonly Difference[];
  #parts: Part[] | undefined;

  constructor(differences: readonly Difference[]) {
    this.differences = differences;
    const { at, isDeep, suffix } = placeOf(differences);
    this.at = at;
    this.isDeep = isDeep;
    this.suffix = suffix;
    this.isOthers = differences.every(({ live }) => live !== undefined && live.uid !== 0);
  }

  /** For a deep part its own entries and each directory in it; else each entry. */
  get parts(): Part[] {
    if (this.#parts) return this.#parts;
    const start = this.at === "." ? 0 : this.at.length + 1;
    const found = new Map<string, Difference[]>();
    for (const difference of this.differences) {
      const slash = difference.path.indexOf("/", start);
      const key = !this.isDeep ? difference.path : slash === -1 ? "" : difference.path.slice(0, slash);
      const known = found.get(key);
      if (known) known.push(difference);
      else found.set(key, [difference]);
    }
    // One path may differ for two resources: both are shown together.
    this.#parts = found.size === 1 ? [] : [...found.values()].map((of) => new Part(of));
    return this.#parts;
  }
}

interface OfPath {
  readonly path: Bytes;
}

export function placeOf(paths: readonly OfPath[]): Place {
  const at = commonDirectory(paths);
  return { at, isDeep: paths.some(({ path }) => directoryOf(path) !== at), suffix: commonSuffix(paths) };
}

export function directoryOf(path: Bytes): Bytes {
  return parentOf(path) ?? path;
}

/** The extension of all names, with its dot. */
function commonSuffix(paths: readonly OfPath[]): string {
  const found = new Set(paths.map(({ path }) => /[^/]\.[^./]+$/.exec(path)?.[0].slice(1) ?? ""));
  const [suffix = ""] = found;
  return found.size === 1 ? suffix : "";
}

function commonDirectory(paths: readonly OfPath[]): Bytes {
  const [first, ...more] = paths;
  let common = first ? directoryOf(first.path) : ("." as Bytes);
  for (const { path } of more)
    while (common !== "." && !path.startsWith(`${common}/`)) common = ancestors(common).at(-1) ?? ("." as Bytes);
  return common;
}
