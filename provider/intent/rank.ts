import type { Claim } from "./claim";
import { formatOwner } from "./owner";

/** A claim in the order of ranks; claims of one `group` have equal rank. */
export interface Ranked {
  readonly claim: Claim;
  readonly index: number;
  readonly group: string;
}

const tiers: readonly Claim["tier"][] = ["baseline", "writable", "provided", "rule", "file"];

/** Sorts claims from the lowest rank to the one that decides. */
export function rankClaims(claims: readonly Claim[]): Ranked[] {
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

/** The order of ranks. */
export function byRank(one: Ranked, other: Ranked): number {
  return one.index - other.index;
}
