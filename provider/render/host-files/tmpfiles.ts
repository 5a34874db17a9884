import type { Composed } from "../../intent/claim";
import type { Intent } from "../../intent/expectation";
import { expectationOf } from "../../intent/expectation";
import type { DeviceWish, FileClaim } from "../../intent/file-claim";
import { formatOwner } from "../../intent/owner";
import { type Bytes, bytesOf, show, utf8Of } from "../../model/bytes";
import { formatDevice } from "../../model/device";
import { type Principals, principalId } from "../../model/entry";
import { formatMode } from "../../model/mode";

/** The mounts and devices of a jail in memory, beside its directories. */
interface Fixtures {
  readonly devices: readonly (FileClaim & { readonly is: DeviceWish })[];
  readonly mounts: readonly Bytes[];
}

/**
 * The part of a jail in memory that is made again when its host starts (tmpfiles.d(5)): directories and devices. Files come from
 * the resources that own them. Mounts come from the units, which run first: a line for a mount point would change the owner of
 * the mounted directory, which is the host's.
 */
export function tmpfilesFragment(
  intent: Intent,
  { devices, mounts }: Fixtures,
  root: string,
  principals: Principals,
): string {
  const expectation = expectationOf(intent);
  const places: [Bytes, string][] = [["." as Bytes, "the jail's root"]];
  for (const [path, claim] of expectation.required)
    if (path !== "." && !mounts.includes(path))
      places.push([path, claim.match.literal === path ? claim.reason : "above a declared path"]);
  const lines = [
    ...places.flatMap(([path, reason]) => {
      const fields = fieldsOf(expectation.at(path, "directory") ?? {}, principals);
      return [`# ${show(bytesOf(reason))}`, `d ${quoted(root, path)} ${fields} - -`];
    }),
    ...devices.flatMap(({ at, is, reason, by }) => {
      const ids = `${principalId(is.owner, principals.uids) ?? 0} ${principalId(is.group, principals.gids) ?? 0}`;
      const type = is.type === "block device" ? "b+" : "c+";
      return [
        `# ${show(bytesOf(reason))} (${show(bytesOf(formatOwner(by)))})`,
        `${type} ${quoted(root, at)} ${formatMode(is.mode)} ${ids} - ${formatDevice(is)}`,
      ];
    }),
  ];
  const head = '# A chroot jail in memory, as pulumi-chroot declares it. Each "pulumi up" writes this file again.';
  return `${[head, ...lines].join("\n")}\n`;
}

/** A field that no resource holds is as root makes it. */
function fieldsOf({ owner, group, mode }: Composed, { uids, gids }: Principals): string {
  const uid = owner?.hold.is === "value" ? principalId(owner.hold.value, uids) : 0;
  const gid = group?.hold.is === "value" ? principalId(group.hold.value, gids) : 0;
  const bits = mode?.hold.is === "value" ? mode.hold.value : 0o755;
  return `${formatMode(bits)} ${uid ?? 0} ${gid ?? 0}`;
}

/** In quotes, with C escapes, and no specifiers. */
function quoted(root: string, path: Bytes): string {
  const full = path === "." ? root : `${root}/${utf8Of(path)}`;
  return `"${full.replace(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`;
}
