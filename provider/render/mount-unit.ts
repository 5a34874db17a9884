import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, bytesOf, fromWire, show, utf8Of } from "../model/bytes";
import type { Principals } from "../model/entry";
import { escaped, mountOptions } from "../model/mount";
import { plain } from "./unit-text";

/** What makes the only socket that is there when units mount things. */
const journal = "systemd-journald-dev-log.socket";

/** The unit that mounts it when the host starts. */
export function mountUnit({ at, by, is, reason }: MountClaim, root: string, principals: Principals): string {
  const options = mountOptions(is, principals);
  return [
    '# Something in a chroot jail, as pulumi-chroot declares it. Each "pulumi up" writes this file again.',
    `# ${show(bytesOf(by.label))}`,
    `# ${show(bytesOf(reason))}`,
    "[Unit]",
    `Description=${plain(show(at))} in the chroot jail ${plain(show(bytesOf(root)))}`,
    ...(is.type === "bind" && is.shows === "socket" ? [`Requires=${journal}`, `After=${journal}`] : []),
    "",
    "[Mount]",
    `What=${is.type === "bind" ? plain(utf8Of(is.source)) : "tmpfs"}`,
    `Where=${plain(`${root}/${utf8Of(at)}`)}`,
    `Type=${is.type === "bind" ? "none" : "tmpfs"}`,
    `Options=${(is.type === "bind" ? ["bind", ...options] : options).join()}`,
    "",
    "[Install]",
    "WantedBy=local-fs.target",
    "",
  ].join("\n");
}

/**
 * What a jail has in fstab(5), between two lines that tell whose it is; empty for none. A host without these still starts. A simple mount command
 * would mount a bind and let who is in the jail write: there it is left to `pulumi up`.
 */
export function fstabLines(
  claims: readonly MountClaim[],
  name: string,
  root: string,
  principals: Principals,
  isSimple: boolean,
): Bytes {
  if (claims.length === 0) return fromWire("");
  const lines = claims.flatMap(({ at, is, reason }) => {
    const isBind = is.type === "bind";
    const options = [...mountOptions(is, principals), "nofail", ...(isBind && isSimple ? ["noauto"] : [])];
    const all = (isBind ? ["bind", ...options] : options).join();
    const where = `${bytesOf(root)}/${at}`;
    return [
      `# ${bytesOf(show(bytesOf(reason)))}`,
      `${isBind ? field(is.source) : "tmpfs"} ${field(where)} ${isBind ? "none" : "tmpfs"} ${all} 0 0`,
    ];
  });
  return fromWire([`# pulumi-chroot: ${name}`, ...lines, `# pulumi-chroot: end of ${name}`, ""].join("\n"));
}

/** Fields of fstab are separated by spaces, and "#" begins a comment. */
function field(path: string): string {
  return escaped(path).replaceAll("#", "\\043");
}
