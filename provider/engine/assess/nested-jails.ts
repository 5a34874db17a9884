import type { Declaration } from "../../intent/declaration";
import type { Finding } from "../../intent/finding";
import type { DeclaredJail, ProgramView } from "../../intent/merge";
import { formatOwner } from "../../intent/owner";
import type { Observation } from "../../observe/observation";
import { nestedRefusals, type OtherJail } from "../../plan/checks/nested-jails";
import { kinds } from "../../resources/kinds";
import type { JailContext } from "./jail-context";

/**
 * Why a jail may not lie in another jail, or contain one. The program's declaration of the other jail counts more than its
 * record. A jail without a record is refused by its own check.
 */
export function nestedJailRefusals(
  { site, otherJails }: Pick<JailContext, "site" | "otherJails">,
  { stack }: ProgramView,
  { nested = [], records }: Observation,
  jail: DeclaredJail | undefined,
): Finding[] {
  if (!jail) return [];
  const declared = otherJails().flatMap(({ program, root }) => {
    const declared = program.declarations.find(({ kind }) => kinds.get(kind)?.declaresJail);
    return declared ? [{ ...otherJail(declared), root }] : [];
  });
  const recorded = nested.map((record) => {
    const owner = { label: record.label, ...(record.stack === stack ? {} : { stack: record.stack }) };
    return otherJail({ ...record, owner });
  });
  const isTold = ({ root }: OtherJail) => declared.some((one) => one.root === root);
  const isRegistered = records.some(({ kind }) => kinds.get(kind)?.declaresJail);
  const isOld = ({ root }: OtherJail) => recorded.some((one) => one.root === root);
  const others = [...recorded.filter((one) => !isTold(one)), ...declared.filter((one) => !isRegistered || isOld(one))];
  return nestedRefusals({ ...otherJail(jail), root: site.root }, others);
}

function otherJail(jail: Declaration): OtherJail {
  const { root = "", exclude } = kinds.get(jail.kind)?.jailIntent?.(jail) ?? {};
  return { root, name: formatOwner(jail.owner), exclude };
}
