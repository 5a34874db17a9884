import { sameRoot } from "../jail-reference";
import type { ResourceKind } from "../kind";
import { type PermissionRuleInputs, permissionRuleArgs } from "./args";
import { permissionRuleClaims, type RuleIntent } from "./claims";

export const permissionRuleKind: ResourceKind = {
  name: "PermissionRule",
  declaresJail: false,
  schema: permissionRuleArgs,
  keys: Object.keys(permissionRuleArgs.shape),
  claims: ({ args, owner }) => permissionRuleClaims(args as unknown as RuleIntent, owner),
  site: (args) => (args as PermissionRuleInputs).jail,
  recorded: ({ jail: _, ...args }) => args,
  replacedBy: (olds, news) => (sameRoot(olds, news) ? [] : ["jail"]),
  outputs: () => ({}),
};
