import type { Owner } from "../intent/claim";
import type { Observation } from "../observe/observation";
import type { Difference } from "./difference";

/**
 * An inode with several names is changed under all of them. That is right only when every name is in the jail and wants
 * the same; else a file outside would change with it (practice: fs.protected_hardlinks, escape E19).
 */
export function withHardLinks(differences: readonly Difference[], observation: Observation): Difference[] {
  if (!differences.some(hasOtherNames)) return [...differences];
  const inside = new Map<string, number>();
  for (const { inode, links } of observation.entries.values())
    if (links > 1) inside.set(inode, (inside.get(inode) ?? 0) + 1);
  // How many names of an inode want what: an attacker may make thousands of names, so each is looked at once.
  const wishes = new Map<Owner, Map<string, number>>();
  const wishOf = ({ live, want }: Difference) => `${live?.inode} ${JSON.stringify(want)}`;
  for (const difference of differences.filter(hasOtherNames)) {
    const own = wishes.get(difference.owner) ?? new Map<string, number>();
    wishes.set(difference.owner, own.set(wishOf(difference), (own.get(wishOf(difference)) ?? 0) + 1));
  }
  return differences.map((difference) => {
    const { live, owner } = difference;
    if (!live || !hasOtherNames(difference)) return difference;
    const outside = live.links - (inside.get(live.inode) ?? 0);
    if (outside > 0) return { ...difference, blocked: `${outside} of its ${live.links} names are outside the jail` };
    const agree = wishes.get(owner)?.get(wishOf(difference)) === live.links;
    return agree ? difference : { ...difference, blocked: `its ${live.links} names are declared differently` };
  });
}

function hasOtherNames({ live }: Difference): boolean {
  return live !== undefined && live.links > 1 && live.type !== "directory";
}
