import { ancestors, type Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { isCold } from "../model/mode";
import type { Step } from "./steps";

/**
 * Where a path can be acted on by its name. In a cold directory below cold ones only root can rename or replace anything,
 * so a name there is the inode that was looked at. Everywhere else somebody may swap it in between (escape E22).
 */
export function isStable(entries: ReadonlyMap<Bytes, Live>, path: Bytes): boolean {
  return above(path).every((parent) => {
    const live = entries.get(parent);
    return live?.type === "directory" && isCold(live);
  });
}

/** The topmost directories that others than root may write in and that have a path below them; sorted, each once. */
export function hotAbove(entries: ReadonlyMap<Bytes, Live>, paths: Iterable<Bytes>): Bytes[] {
  const found = new Set<Bytes>();
  for (const path of paths) {
    const hot = above(path).find((parent) => {
      const live = entries.get(parent);
      return live?.type === "directory" && !isCold(live);
    });
    if (hot !== undefined) found.add(hot);
  }
  return [...found].sort();
}

/**
 * The subtrees that have to be sealed for some steps: above what they touch, and above the other names of its inodes, as
 * only a name that nobody can remove says that an inode is the jail's own.
 */
export function zoneOf(entries: ReadonlyMap<Bytes, Live>, steps: readonly Step[]): Bytes[] {
  const inodes = new Set<string>();
  for (const { path } of steps) {
    const live = entries.get(path);
    if (live && live.links > 1 && live.type !== "directory") inodes.add(live.inode);
  }
  const names: Bytes[] = [];
  if (inodes.size > 0) for (const [path, { inode }] of entries) if (inodes.has(inode)) names.push(path);
  const top = steps.some(({ action }) => action === "replace") ? [...names, quarantined] : names;
  return hotAbove(entries, [...steps.map(({ path }) => path), ...top]);
}

/** What is moved away goes to a directory in the root. */
const quarantined = "quarantine" as Bytes;

/** True for the top itself and for what is below it. */
export function isWithin(path: Bytes, tops: readonly Bytes[]): boolean {
  return tops.some((top) => top === "." || path === top || path.startsWith(`${top}/`));
}

function above(path: Bytes): Bytes[] {
  return path === "." ? [] : ["." as Bytes, ...ancestors(path)];
}
