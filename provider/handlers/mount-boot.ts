import { registryName } from "../agent/site";
import type { Declaration } from "../intent/declaration";
import { type FileClaim, textWish } from "../intent/file-claim";
import type { Merged } from "../intent/merge";
import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, fromWire } from "../model/bytes";
import { unitName } from "../model/mount";
import type { Observation } from "../observe/observation";
import { isDevice } from "../plan/devices";
import { mountUnit } from "../render/mount-unit";
import { tmpfilesFragment } from "../render/tmpfiles";
import type { JailInputs } from "../resources/jail/args";
import { deviceFiles } from "../resources/jail/devices";
import { journalSocket } from "../resources/jail/log-socket";

/** Directories are, and what systemd listens at. Whoever makes another socket starts later. */
export function isThereAtBoot({ is }: MountClaim): boolean {
  return is.type !== "bind" || is.shows === undefined || is.source === journalSocket;
}

/** Its unit, and the link that has it started. */
export function unitFiles(claim: MountClaim, root: string, principals: Observation["principals"]): FileClaim[] {
  const { at, by, reason } = claim;
  const text = mountUnit(claim, root, principals);
  return mountUnitPlaces(root, at).map((place, index) => ({
    by,
    reason,
    at: place,
    is:
      index === 0
        ? { type: "file", mode: 0o644, content: textWish(text) }
        : { type: "link", target: mountUnitPlaces(root, at)[0] ?? place },
  }));
}

/** What makes a jail in memory again when its host starts. */
export function fragment(
  jail: Declaration,
  intent: Merged["intent"],
  mounts: readonly MountClaim[],
  root: string,
  principals: Observation["principals"],
): FileClaim {
  const devices = deviceFiles((jail.args as Partial<JailInputs>).devices, jail.owner).filter(isDevice);
  const text = tmpfilesFragment(
    intent,
    devices,
    mounts.map(({ at }) => at),
    root,
    principals,
  );
  return {
    by: jail.owner,
    reason: "the jail is in memory, and made again when the host starts",
    at: fragmentPlace(root),
    is: { type: "file", mode: 0o644, content: textWish(text) },
  };
}

export function fragmentPlace(root: string): Bytes {
  return fromWire(`/etc/tmpfiles.d/pulumi-chroot-${registryName(root)}.conf`);
}

/** Its unit, and what has it started. */
function mountUnitPlaces(root: string, at: Bytes): [Bytes, Bytes] {
  const name = unitName(root, at);
  return [fromWire(`/etc/systemd/system/${name}`), fromWire(`/etc/systemd/system/local-fs.target.wants/${name}`)];
}
