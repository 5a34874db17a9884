import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { isCold } from "../../model/mode";
import type { Step } from "../steps";

/**
 * Whether a path can be acted on by its name. In a cold directory below cold ones only root can rename or replace an entry, so a
 * name there still is the inode that the look saw. Elsewhere another user may swap it in between.
 */
export function isStable(entries: ReadonlyMap<Bytes, Live>, path: Bytes): boolean {
  const parent = parentOf(path);
  if (parent === undefined) return true;
  const live = entries.get(parent);
  return live?.type === "directory" && isCold(live) && isStable(entries, parent);
}

/**
 * The topmost directories at or above some paths that users other than root may write in; sorted, each once. A path that is
 * itself to be changed counts: entries that are made in it until then need a look too.
 */
export function hotAtOrAbove(entries: ReadonlyMap<Bytes, Live>, paths: Iterable<Bytes>): Bytes[] {
  const found = new Set<Bytes>();
  // Many paths share their directory.
  const known = new Map<Bytes, Bytes | undefined>();
  const topmost = (path: Bytes): Bytes | undefined => {
    if (known.has(path)) return known.get(path);
    const parent = parentOf(path);
    const above = parent === undefined ? undefined : topmost(parent);
    const hot = above ?? (isHot(entries.get(path)) ? path : undefined);
    known.set(path, hot);
    return hot;
  };
  for (const path of paths) {
    const hot = topmost(path);
    if (hot !== undefined) found.add(hot);
  }
  return [...found].sort();
}

/** Adds the directories that some steps make: they are root's alone until the end of the run. */
export function withMade(entries: ReadonlyMap<Bytes, Live>, steps: readonly Step[]): ReadonlyMap<Bytes, Live> {
  const made = steps.filter(({ action }) => action === "make" || action === "replace");
  if (made.length === 0) return entries;
  const fresh: Live = { type: "directory", uid: 0, gid: 0, mode: 0o700, links: 2, inode: "" };
  return new Map([...entries, ...made.map(({ path }) => [path, fresh] as const)]);
}

function isHot(live: Live | undefined): boolean {
  return live?.type === "directory" && !isCold(live);
}

/** The directory that holds a path; undefined for the root. */
export function parentOf(path: Bytes): Bytes | undefined {
  if (path === ".") return undefined;
  const slash = path.lastIndexOf("/");
  return (slash === -1 ? "." : path.slice(0, slash)) as Bytes;
}

/**
 * The subtrees to seal for some steps: those above the steps' paths, and those above other hard links of the same inodes. Only a
 * name that no other user can remove proves that an inode is the jail's own.
 */
export function zoneOf(entries: ReadonlyMap<Bytes, Live>, steps: readonly Step[]): Bytes[] {
  const inodes = new Set<string>();
  for (const { path, action } of steps) {
    const live = entries.get(path);
    if (live && action !== "away" && live.links > 1 && live.type !== "directory") inodes.add(live.inode);
  }
  const names: Bytes[] = [];
  if (inodes.size > 0) for (const [path, { inode }] of entries) if (inodes.has(inode)) names.push(path);
  const top = steps.some(({ action }) => action !== "set" && action !== "make") ? [...names, besides] : names;
  // An entry that is moved away keeps its owner and mode, so only its directory counts.
  const places = steps.map(({ path, action }) => (action === "away" ? (parentOf(path) ?? path) : path));
  return hotAtOrAbove(entries, [...places, ...top]);
}

/** A name in the root. The staging and quarantine directories are there, so moves and puts change entries of the root. */
export const besides = "beside" as Bytes;

/** True for the top itself and for paths below it. */
export function isWithin(path: Bytes, tops: readonly Bytes[]): boolean {
  return tops.some((top) => top === "." || path === top || path.startsWith(`${top}/`));
}
