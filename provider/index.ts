/** Chroot jails as code for Pulumi. */
import type { Fleet } from "./fleet/fleet";
import type { FleetHosts } from "./fleet/host";
import type { FleetReport } from "./report/report-type";
import type { JailPlace } from "./resources/jail-place";
import type { RolloutOptions, RolloutProgress } from "./rollout/options";

export { defineFleet, type FleetUnit, type HostGroup, type RolloutWave } from "./fleet/fleet";
export type { GateDeclaration } from "./fleet/gate";
export type { Labels } from "./fleet/labels";
export type { Share } from "./fleet/share";
export type { HostReport, JailReport, WaveReport } from "./report/report-type";
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
export { JailBundle, type JailBundleArgs } from "./resources/jail-bundle/resource";
export { JailFile, type JailFileArgs } from "./resources/jail-file/resource";
export type {
  Declared,
  DeclaredHost,
  DeclaredOptions,
  FleetConnection,
  FleetHostState,
  FleetWave,
  GatedWave,
  GateFunction,
  JailFleetArgs,
} from "./resources/jail-fleet/args";
export { JailFleet } from "./resources/jail-fleet/resource";
export { PermissionRule, type PermissionRuleArgs } from "./resources/permission-rule/resource";
export { Wrapper, type WrapperArgs } from "./resources/wrapper/resource";
export type { Fleet, FleetHosts, FleetReport, JailPlace, RolloutOptions, RolloutProgress };

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

/**
 * The hosts of an inventory by their names in it, in its order; `{}` where it has none. The path begins in the working
 * directory, or with `~/`. It names one of these, told apart by the end of the name, else by the content:
 *
 * - an inventory of Ansible in INI or YAML form, with the files of `group_vars` and `host_vars` beside it; or a folder of these;
 * - JSON: `{ "ns1": { "host": "ns1.example.com", "labels": { "site": "ams" } } }`, or the output of `ansible-inventory --list`;
 * - a configuration of the SSH client which ssh reads: its Host names without patterns.
 *
 * Ansible's variables of the connection count (`ansible_host`, `ansible_port`, `ansible_user`, `ansible_password`,
 * `ansible_ssh_private_key_file`, `ansible_become*`, `-J` and `-o ProxyJump` of `ansible_ssh_common_args`). The groups of a host are its label `group`; its other
 * variables are labels as they are written. A nested value, a template, an encrypted value or a name such as `db_password` makes
 * no label.
 *
 * Refused, with the file, the line and the host: a template or a vault in a variable of the connection, a connection other than
 * SSH, a `become` other than sudo or doas to root, and a program that makes an inventory.
 *
 * @example
 * for (const [name, { labels, ...connection }] of Object.entries(inventory("hosts.ini")))
 *   new Jail(name, { connection, root: "/chroot/named", user: "bind", group: "bind", baseline });
 */
export function inventory(path: string): FleetHosts {
  // As above: a program without an inventory does not load what reads one.
  const { readInventory } = require("./inventory/inventory") as typeof import("./inventory/inventory");
  return readInventory(path);
}

/**
 * Takes the units of a fleet through their waves, each by Pulumi's CLI in a stack of its own, and returns the report. Every step
 * is in a record before anything follows from it: after a stop or a kill, the same call goes on.
 *
 * @example
 * const report = await rollout(fleet, { onEvent: (event) => console.error(event) });
 */
export async function rollout(fleet: Fleet, options?: RolloutOptions): Promise<FleetReport> {
  const { rollout: run } = require("./rollout/rollout") as typeof import("./rollout/rollout");
  return run(fleet, options);
}
