import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { depthOf, maxDepth } from "../model/path";
import type { Block } from "./block";
import type { Difference, Wanted } from "./difference";

/** The longest path, in bytes, that a command takes as one argument: below PATH_MAX, with room for a prefix. */
const longest = 4000;

/** Whether commands can be given this path. */
export function isReachable(path: Bytes): boolean {
  return path.length < longest && depthOf(path) <= maxDepth;
}

/**
 * Marks the differences that cannot be repaired, with the reason. A change to an inode shows under all of its names. It is right
 * only when every hard link is in the jail and wants the same; else a file outside would change too (practice:
 * fs.protected_hardlinks). Only names at certain paths count: no user but root can remove such a name during the run.
 */
export function withBlocks(
  differences: readonly Difference[],
  entries: ReadonlyMap<Bytes, Live>,
  isCertain: (path: Bytes) => boolean,
): Difference[] {
  const reachable = differences.map((difference) =>
    isReachable(difference.path) ? difference : { ...difference, blocked: unreachable(difference.path) },
  );
  if (!reachable.some(hasOtherNames)) return reachable;
  const inside = new Map<string, number>();
  // The scan reads two names at two moments: only the higher count includes a name that was made in between.
  const linksOf = new Map<string, number>();
  for (const [path, { inode, links }] of entries) {
    if (links === 1) continue;
    linksOf.set(inode, Math.max(links, linksOf.get(inode) ?? 0));
    if (isCertain(path)) inside.set(inode, (inside.get(inode) ?? 0) + 1);
  }
  // Counts the certain names of an inode by their wish: a name that has been moved since would stand for another one that wants
  // nothing. An attacker may make thousands of names, so the loop visits each once.
  const wishes = new Map<string, number>();
  // A name that is moved away wants nothing of its inode.
  const leaving = new Map<string, number>();
  const wishOf = ({ live, want }: Difference) => `${live?.inode} ${JSON.stringify(want)}`;
  for (const { path, live, want } of reachable)
    if (live && isAway(want) && isCertain(path)) leaving.set(live.inode, (leaving.get(live.inode) ?? 0) + 1);
  for (const difference of reachable)
    if (hasOtherNames(difference) && isCertain(difference.path))
      wishes.set(wishOf(difference), (wishes.get(wishOf(difference)) ?? 0) + 1);
  return reachable.map((difference) => {
    const { live } = difference;
    // A put brings a new inode: the old one stays unchanged under its other names.
    if (!live || !hasOtherNames(difference) || difference.put) return difference;
    const links = linksOf.get(live.inode) ?? live.links;
    const outside = links - (inside.get(live.inode) ?? 0);
    if (outside > 0) return { ...difference, blocked: { problem: "names-outside", outside, names: links } };
    const agree = (wishes.get(wishOf(difference)) ?? 0) + (leaving.get(live.inode) ?? 0) === links;
    return agree ? difference : { ...difference, blocked: { problem: "names-disagree", names: links } };
  });
}

function unreachable(path: Bytes): Block {
  return path.length < longest
    ? { problem: "too-deep", deepest: maxDepth }
    : { problem: "path-too-long", bytes: path.length };
}

/** Whether the repair changes an inode that has other names. Moving a name away changes none of them. */
function hasOtherNames({ live, want }: Difference): boolean {
  return live !== undefined && live.links > 1 && live.type !== "directory" && !isAway(want);
}

function isAway({ type }: Wanted): boolean {
  return type === "absent";
}
