import { type Claim, claimFields, type Hold, type Owner } from "../../intent/claim";
import { parseGlob } from "../../intent/glob";
import { requireMode } from "../../model/mode";
import type { PermissionRuleInputs } from "./args";

/** A rule as far as it is known: a field whose value is an Output is in `reserved` instead. */
export type RuleIntent = Omit<PermissionRuleInputs, "jail" | "reason"> & {
  readonly reason?: string;
  readonly reserved?: readonly string[];
};

const defaultOrder = 100;

/** What a PermissionRule claims. */
export function permissionRuleClaims(args: RuleIntent, by: Owner): Claim[] {
  const holds = {
    owner: hold(args.owner, (name) => name),
    group: hold(args.group, (name) => name),
    fileMode: hold(args.fileMode, requireMode),
    directoryMode: hold(args.directoryMode, requireMode),
  };
  const reserved = claimFields
    .filter((field) => args.reserved?.includes(field))
    .map((field) => [field, { is: "reserved" }]);
  const stated = Object.entries(holds).filter(([, of]) => of !== undefined);
  const want: Claim["want"] = Object.fromEntries([...stated, ...reserved]);
  return [
    {
      by,
      match: parseGlob(args.match),
      except: (args.except ?? []).map(parseGlob),
      want,
      presence: "optional",
      tier: "rule",
      order: args.order ?? defaultOrder,
      reason: args.reason ?? "",
    },
  ];
}

function hold<T>(text: string | undefined, read: (text: string) => T): Hold<T> | undefined {
  if (text === undefined) return undefined;
  return text === "any" ? { is: "any" } : { is: "value", value: read(text) };
}
