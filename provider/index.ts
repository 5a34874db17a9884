/** Chroot jails as code for Pulumi. */
export type { Baseline, Connection, JailArgs, JailReference, OnDelete, Special } from "./resources/arguments";
export { Jail } from "./resources/jail/resource";
export { PermissionRule, type PermissionRuleArgs } from "./resources/permission-rule/resource";
