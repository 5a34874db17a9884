import { type Finding, finding } from "../../intent/finding";
import { type Owner, sameOwner } from "../../intent/owner";

/**
 * Tells a conflict between the resources of two Jails for one root as the second Jail: it ends when one of the two goes, and no
 * order puts it right. The resources stay refused.
 */
export function toldAsSecondJail(findings: readonly Finding[]): Finding[] {
  const jails = findings.flatMap((one) => (one.id === "second-jail" ? [one.evidence.own] : []));
  return findings.map((one) => {
    const { by } = one;
    const rival = by && rivalOf(one, by);
    if (!rival) return one;
    // Which of two Jails of one program a rule is for is not known.
    const isJails = by.stack === rival.stack;
    const [own, other] = [by, rival].map((owner) =>
      jails.find((jail) => (isJails ? sameOwner(jail, owner) : jail.stack === owner.stack)),
    );
    return own && other ? finding("second-jail", { own, other }, { by }) : one;
  });
}

/** The other resource of a conflict between two. */
function rivalOf(one: Finding, by: Owner): Owner | undefined {
  if (one.id === "place-shared") return one.evidence.rival;
  return one.id === "conflict" ? one.evidence.claims.find((owner) => !sameOwner(owner, by)) : undefined;
}
