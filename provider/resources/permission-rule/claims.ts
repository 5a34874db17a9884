import { type Claim, claimFields, type Hold } from "../../intent/claim";
import { parseGlob } from "../../intent/glob/glob";
import type { Owner } from "../../intent/owner";
import { aclText } from "../../model/acl";
import { readCapabilities } from "../../model/capability";
import { requireMode, specialBits } from "../../model/mode";
import type { PermissionRuleInputs } from "./args";

/** A rule as far as it is known: a field whose value is an Output is in `reserved` instead. */
export type RuleIntent = Omit<PermissionRuleInputs, "jail" | "reason"> & {
  readonly reason?: string;
  readonly reserved?: readonly string[];
};

const defaultOrder = 100;

/** The claims of a PermissionRule. */
export function permissionRuleClaims(args: RuleIntent, by: Owner): Claim[] {
  const holds = {
    owner: hold(args.owner, (name) => name),
    group: hold(args.group, (name) => name),
    fileMode: hold(args.fileMode, requireMode),
    directoryMode: hold(args.directoryMode, requireMode),
    special: hold(args.special, (names) => names.reduce((bits, name) => bits | specialBits[name], 0)),
    acl: hold(args.acl, aclText),
    capabilities: hold(args.capabilities, readCapabilities),
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
      runtime: args.runtime === true,
      reason: args.reason ?? "",
    },
  ];
}

function hold<A, T>(given: A | "any" | undefined, read: (given: A) => T): Hold<T> | undefined {
  if (given === undefined) return undefined;
  return given === "any" ? { is: "any" } : { is: "value", value: read(given as A) };
}
