import type { Site } from "../agent/site";
import { formatOwner } from "../intent/claim";
import type { Declaration } from "../intent/declaration";
import type { ProgramView, Refusal } from "../intent/merge";
import type { Observation } from "../observe/observation";
import { nestedRefusals, type OtherJail } from "../plan/nested";
import { kinds } from "../resources/kinds";
import { jailsBeside } from "./beside";

/**
 * Why a jail may not lie in another one, or have one in it. What the program says of the other one counts more than its record;
 * one that has no record yet is for itself to be refused.
 */
export function refusalsAround(
  site: Site,
  { stack }: ProgramView,
  { nested = [], records }: Observation,
  jail: Declaration | undefined,
): Refusal[] {
  if (!jail) return [];
  const told = jailsBeside(site).flatMap(({ program, site: { root } }) => {
    const declared = program.view().declarations.find(({ kind }) => kinds.get(kind)?.declaresJail);
    return declared ? [otherJail(declared, root)] : [];
  });
  const recorded = nested.map((record) => {
    const owner = { label: record.label, ...(record.stack === stack ? {} : { stack: record.stack }) };
    return otherJail({ ...record, owner }, String(record.args["root"]));
  });
  const isTold = ({ root }: OtherJail) => told.some((one) => one.root === root);
  const isRegistered = records.some(({ kind }) => kinds.get(kind)?.declaresJail);
  const isOld = ({ root }: OtherJail) => recorded.some((one) => one.root === root);
  const others = [...recorded.filter((one) => !isTold(one)), ...told.filter((one) => !isRegistered || isOld(one))];
  return nestedRefusals(otherJail(jail, site.root), others);
}

function otherJail({ owner, args }: Pick<Declaration, "owner" | "args">, root: string): OtherJail {
  return { root, name: formatOwner(owner), exclude: args["exclude"] as OtherJail["exclude"] };
}
