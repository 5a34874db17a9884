import type { Claim } from "../intent/claim";
import type { Expectation } from "../intent/expectation";
import { type Finding, finding } from "../intent/finding";
import { mayMatchWithin } from "../intent/glob/glob";
import { formatOwner, type Owner } from "../intent/owner";
import type { Bytes } from "../model/bytes";

/**
 * Findings for places that the look passed over: one for the Jail, and one for each resource with a claim at or below such a
 * place. An undeclared mount concerns only the resources with a claim there: for the Jail it is a remark.
 */
export function uncheckedPlaces(
  claims: readonly Claim[],
  { excluded }: Expectation,
  jail: Owner | undefined,
  { unread, foreignMounts }: { readonly unread: readonly Finding[]; readonly foreignMounts: readonly Bytes[] },
): Finding[] {
  const specific = claims.filter(isSpecific);
  const ownersAt = (at: Bytes) => specific.filter(({ match }) => mayMatchWithin(match, at)).map(({ by }) => by);
  const hidden = foreignMounts.map((at) => ({ unseen: finding("hidden-by-mount", {}, { at }), owners: ownersAt(at) }));
  const passed = unread.map((unseen) => ({
    unseen,
    owners: [...(jail ? [jail] : []), ...(unseen.at === undefined ? [] : ownersAt(unseen.at))],
  }));
  return [...hidden, ...passed]
    .filter(({ unseen: { at } }) => at !== undefined && !excluded(at))
    .flatMap(({ unseen, owners }) =>
      [...new Map(owners.map((owner) => [formatOwner(owner), owner])).values()].map((by) => ({ ...unseen, by })),
    );
}

/**
 * Whether a claim says more about a place than the baseline does. A writable directory's contents are the daemon's, so a mount
 * there is a finding.
 */
export function isSpecific({ tier, match: { literal } }: Claim): boolean {
  return literal === undefined ? tier !== "baseline" && tier !== "writable" : literal !== ".";
}
