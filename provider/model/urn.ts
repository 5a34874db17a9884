import { bytesOf, show } from "./bytes";

/** `project/stack` of `urn:pulumi:stack::project::types::name`. */
export function stackOf(urn: string): string {
  const [head = "", project = ""] = urn.split("::");
  return `${project}/${head.slice("urn:pulumi:".length)}`;
}

/**
 * The types and the name of a URN, without the common part of this package's own types: `PermissionRule::var`, over the plugin too. Messages and the
 * registry use this form: different names never become the same label.
 */
export function labelOf(urn: string): string {
  const own = urn.split("::").slice(2).join("::").replaceAll("pulumi-nodejs:dynamic/chroot:", "");
  const short = own.replaceAll("chroot:index:JailFleet$chroot:index:FleetHost$", "JailFleet$");
  return show(bytesOf(short.replace(/(^|\$)chroot:index:/g, "$1")));
}
