import { type Bytes, depthOf } from "../model/bytes";
import type { Live } from "../model/entry";
import type { Difference, Wanted } from "./difference";

/** What a command takes as one argument, below PATH_MAX with room for what goes before it; in bytes. */
const longest = 4000;
/** Deeper than any jail is: only a daemon makes such directories, and sealing them would take for ever. */
const deepest = 100;

/** Whether a path is one that commands can be given. */
export function isReachable(path: Bytes): boolean {
  return path.length < longest && depthOf(path) <= deepest;
}

/**
 * Says which differences cannot be repaired, and why. An inode with several names is changed under all of them: that is
 * right only when every name is in the jail and wants the same; else a file outside would change with it (practice:
 * fs.protected_hardlinks, escape E19). Names count where they are certain, so that nobody can take one away meanwhile.
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
  // Looks at two names are two moments: one that was made in between is in the higher count only.
  const linksOf = new Map<string, number>();
  for (const [path, { inode, links }] of entries) {
    if (links === 1) continue;
    linksOf.set(inode, Math.max(links, linksOf.get(inode) ?? 0));
    if (isCertain(path)) inside.set(inode, (inside.get(inode) ?? 0) + 1);
  }
  // How many certain names of an inode want what: one that has been moved since would stand for another one that wants
  // nothing. An attacker may make thousands of names, so each is looked at once.
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
    // Another file comes in its place: the old one is left as it is, under its other names.
    if (!live || !hasOtherNames(difference) || difference.put) return difference;
    const links = linksOf.get(live.inode) ?? live.links;
    const outside = links - (inside.get(live.inode) ?? 0);
    if (outside > 0) return { ...difference, blocked: outsideText(outside, links) };
    const agree = (wishes.get(wishOf(difference)) ?? 0) + (leaving.get(live.inode) ?? 0) === links;
    return agree ? difference : { ...difference, blocked: `its ${links} names are declared differently` };
  });
}

function outsideText(outside: number, links: number): string {
  return `${outside} of its ${links} names ${outside === 1 ? "is" : "are"} outside the jail`;
}

function unreachable(path: Bytes): string {
  return path.length < longest
    ? `it is more than ${deepest} directories deep`
    : `its path has ${path.length.toLocaleString("en-US")} bytes, more than a command takes`;
}

/** An inode that is changed under other names, too: to move a name away changes none. */
function hasOtherNames({ live, want }: Difference): boolean {
  return live !== undefined && live.links > 1 && live.type !== "directory" && !isAway(want);
}

function isAway({ type }: Wanted): boolean {
  return type === "absent";
}
