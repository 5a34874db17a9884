/** Chroot jails as code for Pulumi. */

export type { Connection } from "./model/connection";
export { Jail, type JailArgs } from "./resources/jail/resource";
export { type JailReference, PermissionRule, type PermissionRuleArgs } from "./resources/permission-rule/resource";
