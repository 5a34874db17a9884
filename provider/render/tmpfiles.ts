import { type Composed, formatOwner } from "../intent/claim";
import type { Intent } from "../intent/expected";
import { expected } from "../intent/expected";
import type { DeviceWish, FileClaim } from "../intent/file-claim";
import { type Bytes, bytesOf, show, utf8Of } from "../model/bytes";
import { formatDevice } from "../model/device";
import { type Principals, principalId } from "../model/entry";
import { formatMode } from "../model/mode";

/**
 * What of a jail in memory is made again when its host starts (tmpfiles.d(5)): its directories and devices. Its files come from
 * whoever has them, and what is mounted in it from the units, which are first: a line for such a place would change the owner
 * of what is mounted, a directory of the host.
 */
export function tmpfilesFragment(
  intent: Intent,
  devices: readonly (FileClaim & { readonly is: DeviceWish })[],
  mounts: readonly Bytes[],
  root: string,
  principals: Principals,
): string {
  const expectation = expected(intent);
  const places: [Bytes, string][] = [["." as Bytes, "the jail's root"]];
  for (const [path, claim] of expectation.required)
    if (path !== "." && !mounts.includes(path))
      places.push([path, claim.match.literal === path ? claim.reason : "on the way to what is declared"]);
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

/** What nobody holds is as root makes it. */
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
