/** Chroot jails as code for Pulumi. */
export { Jail, type JailArgs } from "./resources/jail/resource";
export { type JailReference, PermissionRule, type PermissionRuleArgs } from "./resources/permission-rule/resource";
export type { Connection } from "./model/connection";
