import type { Observation } from "../observe/observation";
import type { Difference, Wanted } from "./difference";

/**
 * An inode with several names is changed under all of them. That is right only when every name is in the jail and wants
 * the same; else a file outside would change with it (practice: fs.protected_hardlinks, escape E19).
 */
export function withHardLinks(differences: readonly Difference[], observation: Observation): Difference[] {
  const several = differences.filter(({ live }) => live && live.links > 1 && live.type !== "directory");
  if (several.length === 0) return [...differences];
  const inside = new Map<string, number>();
  for (const { inode, links } of observation.entries.values())
    if (links > 1) inside.set(inode, (inside.get(inode) ?? 0) + 1);
  return differences.map((difference) => {
    const { live } = difference;
    if (!live || live.links < 2 || live.type === "directory") return difference;
    const outside = live.links - (inside.get(live.inode) ?? 0);
    if (outside > 0) return { ...difference, blocked: `${outside} of its ${live.links} names are outside the jail` };
    const others = several.filter((other) => other.live?.inode === live.inode && other.owner === difference.owner);
    const agree = others.length === live.links && others.every((other) => sameWant(other.want, difference.want));
    return agree ? difference : { ...difference, blocked: `its ${live.links} names are declared differently` };
  });
}

function sameWant(one: Wanted, other: Wanted): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
