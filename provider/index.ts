/** Chroot jails as code for Pulumi. */
import type { JailPlace } from "./resources/jail-place";

export type {
  Accounts,
  Baseline,
  Become,
  CaBundle,
  Connection,
  Device,
  DeviceType,
  Hidepid,
  HostFiles,
  JailArgs,
  JailReference,
  JailUser,
  Kind,
  Limits,
  LogSocket,
  Method,
  Mount,
  MountType,
  OnDelete,
  OnUnreachable,
  ProxyConnection,
  Special,
  Subset,
  Undeclared,
} from "./resources/arguments";
export { Jail } from "./resources/jail/resource";
export { JailFile, type JailFileArgs } from "./resources/jail-file/resource";
export { PermissionRule, type PermissionRuleArgs } from "./resources/permission-rule/resource";
export { Wrapper, type WrapperArgs } from "./resources/wrapper/resource";
export type { JailPlace };

/**
 * A specification for NetBSD's mtree(8) of a jail, from what the host's registry declares for it: as long as owners and
 * modes are as declared, `mtree -f` has nothing to say on the host.
 *
 * @example
 * const spec = await mtreeSpec({ connection: { host: "ns1.example.com" }, root: "/chroot/named" });
 */
export async function mtreeSpec(place: JailPlace): Promise<string> {
  // Every program loads this file: what connects to hosts comes when it is asked for.
  const { mtreeOf } = require("./engine/mtree") as typeof import("./engine/mtree");
  return mtreeOf(place);
}
