import type { MountClaim } from "../../intent/mount-claim";
import { type Bytes, bytesOf, fromWire, show, utf8Of } from "../../model/bytes";
import type { Principals } from "../../model/entry";
import { escapeMountinfo, mountOptions } from "../../model/mount";
import { plain } from "./unit-text";

/** The unit that makes the journal's socket, the only socket that exists when units mount. */
const journal = "systemd-journald-dev-log.socket";

/** The unit that makes the mount when the host starts. */
export function mountUnit({ at, by, is, reason }: MountClaim, root: string, principals: Principals): string {
  const options = mountOptions(is, principals);
  return [
    '# Something in a chroot jail, as pulumi-chroot declares it. Each "pulumi up" writes this file again.',
    `# ${show(bytesOf(by.label))}`,
    `# ${show(bytesOf(reason))}`,
    "[Unit]",
    `Description=${plain(show(at))} in the chroot jail ${plain(show(bytesOf(root)))}`,
    ...(is.type === "bind" && is.shows === "socket" ? [`Requires=${journal}`, `After=${journal}`] : []),
    // systemd makes a directory of a source that is missing.
    ...(is.type === "bind" && is.shows === "file" ? [`ConditionPathExists=${plain(utf8Of(is.source))}`] : []),
    "",
    "[Mount]",
    `What=${is.type === "bind" ? plain(utf8Of(is.source)) : is.type}`,
    `Where=${plain(`${root}/${utf8Of(at)}`)}`,
    `Type=${is.type === "bind" ? "none" : is.type}`,
    `Options=${(is.type === "bind" ? ["bind", ...options] : options).join()}`,
    "",
    "[Install]",
    "WantedBy=local-fs.target",
    "",
  ].join("\n");
}

/**
 * A jail's lines in fstab(5), between two comment lines that name the jail; empty for none. `nofail` lets a host start without
 * these mounts. A simple mount command would leave a bind writable for the daemon: such binds are left to `pulumi up`.
 */
export function fstabLines(
  claims: readonly MountClaim[],
  { name, root }: { readonly name: string; readonly root: string },
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
      `${isBind ? field(is.source) : is.type} ${field(where)} ${isBind ? "none" : is.type} ${all} 0 0`,
    ];
  });
  return fromWire([`# pulumi-chroot: ${name}`, ...lines, `# pulumi-chroot: end of ${name}`, ""].join("\n"));
}

/** Spaces separate the fields of fstab, and "#" begins a comment. */
function field(path: string): string {
  return escapeMountinfo(path).replaceAll("#", "\\043");
}
