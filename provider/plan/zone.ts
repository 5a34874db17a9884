import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { isCold } from "../model/mode";
import type { Step } from "./steps";

/**
 * Where a path can be acted on by its name. In a cold directory below cold ones only root can rename or replace anything,
 * so a name there is the inode that was looked at. Everywhere else somebody may swap it in between (escape E22).
 */
export function isStable(entries: ReadonlyMap<Bytes, Live>, path: Bytes): boolean {
  const parent = parentOf(path);
  if (parent === undefined) return true;
  const live = entries.get(parent);
  return live?.type === "directory" && isCold(live) && isStable(entries, parent);
}

/**
 * The topmost directories that others than root may write in and that are some paths or are above them; sorted, each once.
 * One that is itself to be changed counts: what is made in it up to that moment has to be looked at too.
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

/** With the directories that some steps make: root's alone until all is done. */
export function withMade(entries: ReadonlyMap<Bytes, Live>, steps: readonly Step[]): ReadonlyMap<Bytes, Live> {
  const made = steps.filter(({ action }) => action === "make" || action === "replace");
  if (made.length === 0) return entries;
  const fresh: Live = { type: "directory", uid: 0, gid: 0, mode: 0o700, links: 2, inode: "" };
  return new Map([...entries, ...made.map(({ path }) => [path, fresh] as const)]);
}

function isHot(live: Live | undefined): boolean {
  return live?.type === "directory" && !isCold(live);
}

/** The directory that a path is in; the root is in none. */
export function parentOf(path: Bytes): Bytes | undefined {
  if (path === ".") return undefined;
  const slash = path.lastIndexOf("/");
  return (slash === -1 ? "." : path.slice(0, slash)) as Bytes;
}

/**
 * The subtrees that have to be sealed for some steps: above what they touch, and above the other names of its inodes, as
 * only a name that nobody can remove says that an inode is the jail's own.
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
  // What is moved away keeps its owner and mode, whatever is in it.
  const places = steps.map(({ path, action }) => (action === "away" ? (parentOf(path) ?? path) : path));
  return hotAtOrAbove(entries, [...places, ...top]);
}

/** What is moved away, and what is put in place, is in a directory in the root meanwhile. */
const besides = "beside" as Bytes;

/** True for the top itself and for what is below it. */
export function isWithin(path: Bytes, tops: readonly Bytes[]): boolean {
  return tops.some((top) => top === "." || path === top || path.startsWith(`${top}/`));
}
