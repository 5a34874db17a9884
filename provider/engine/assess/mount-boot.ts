import { registryName } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { type FileClaim, textWish } from "../../intent/file-claim";
import type { Merged } from "../../intent/merge";
import type { MountClaim } from "../../intent/mount-claim";
import { type Bytes, fromWire } from "../../model/bytes";
import { journalSocket, mountUnitName } from "../../model/mount";
import type { Observation } from "../../observe/observation";
import { isDevice } from "../../plan/contents/devices";
import { mountUnit } from "../../render/host-files/mount-unit";
import { tmpfilesFragment } from "../../render/host-files/tmpfiles";
import { kinds } from "../../resources/kinds";

/**
 * Whether the host mounts it at its start. Directories, files and systemd's own sockets exist by then; other sockets appear
 * later. A starting host follows links, so a source that users other than root could make a link is not mounted then.
 */
export function existsAtBoot({ is }: MountClaim): boolean {
  if (is.type === "bind" && is.isUntrusted) return false;
  return is.type !== "bind" || is.shows !== "socket" || is.source === journalSocket;
}

/** Its unit, and the link that has it started. */
export function mountUnitFiles(claim: MountClaim, root: string, principals: Observation["principals"]): FileClaim[] {
  const { at, by, reason } = claim;
  const text = mountUnit(claim, root, principals);
  return mountUnitPaths(root, at).map((place, index) => ({
    by,
    reason,
    at: place,
    is:
      index === 0
        ? { type: "file", mode: 0o644, content: textWish(text) }
        : { type: "link", target: mountUnitPaths(root, at)[0] ?? place },
  }));
}

/** The tmpfiles.d fragment that makes a jail in memory again when its host starts. */
export function tmpfilesFragmentFile(
  { jail, intent }: { readonly jail: Declaration } & Pick<Merged, "intent">,
  mounts: readonly MountClaim[],
  root: string,
  principals: Observation["principals"],
): FileClaim {
  const devices = (kinds.get(jail.kind)?.files?.(jail, { root }) ?? []).filter(isDevice);
  const text = tmpfilesFragment(intent, { devices, mounts: mounts.map(({ at }) => at) }, root, principals);
  return {
    by: jail.owner,
    reason: "the jail is in memory, and made again when the host starts",
    at: tmpfilesFragmentPath(root),
    is: { type: "file", mode: 0o644, content: textWish(text) },
  };
}

export function tmpfilesFragmentPath(root: string): Bytes {
  return fromWire(`/etc/tmpfiles.d/pulumi-chroot-${registryName(root)}.conf`);
}

/** The paths of a mount's unit, and of the link that starts it. */
function mountUnitPaths(root: string, at: Bytes): [Bytes, Bytes] {
  const name = mountUnitName(root, at);
  return [fromWire(`/etc/systemd/system/${name}`), fromWire(`/etc/systemd/system/local-fs.target.wants/${name}`)];
}
