import type { Bytes } from "../model/bytes";
import { type Claim, formatOwner } from "./claim";

/** A claim in the order of ranks; claims of one `group` have equal rank. */
export interface Ranked {
  readonly claim: Claim;
  readonly index: number;
  readonly group: string;
}

const tiers: readonly Claim["tier"][] = ["baseline", "writable", "rule"];

/** Claims from the one that comes first to the one that has the last word. */
export function rank(claims: readonly Claim[]): Ranked[] {
  const key = ({ tier, order, match }: Claim) =>
    [tiers.indexOf(tier), order, match.literal === undefined ? 0 : 1] as const;
  const compare = (a: Claim, b: Claim) => {
    const [one, other] = [key(a), key(b)];
    const [name, otherName] = [formatOwner(a.by), formatOwner(b.by)];
    const byName = name < otherName ? -1 : name > otherName ? 1 : 0;
    return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || byName;
  };
  return [...claims].sort(compare).map((claim, index) => ({ claim, index, group: key(claim).join() }));
}

/**
 * Finds the claims that match a path, in their order. Hundreds of rules meet hundreds of thousands of paths: a literal
 * path is looked up, and of the globs only those are tried that begin with the path's first name, or with a wildcard.
 */
export function matcher(ranked: readonly Ranked[]): (path: Bytes) => readonly Ranked[] {
  const literals = new Map<string, Ranked[]>();
  const globs = new Map<string, Ranked[]>();
  const anywhere: Ranked[] = [];
  for (const one of ranked) {
    const { literal, first } = one.claim.match;
    if (literal !== undefined) add(literals, literal, one);
    else if (first !== undefined) add(globs, first, one);
    else anywhere.push(one);
  }
  return (path) => {
    const slash = path.indexOf("/");
    const below = globs.get(slash === -1 ? path : path.slice(0, slash)) ?? [];
    const found = [...(literals.get(path) ?? [])];
    for (const of of [anywhere, below]) for (const one of of) if (one.claim.match.matches(path)) found.push(one);
    const kept = found.filter(({ claim }) => !claim.except.some((glob) => glob.matches(path)));
    return kept.length > 1 ? kept.sort((a, b) => a.index - b.index) : kept;
  };
}

function add(map: Map<string, Ranked[]>, key: string, one: Ranked): void {
  const list = map.get(key);
  if (list) list.push(one);
  else map.set(key, [one]);
}
