import { z } from "zod";
import type { Claim } from "../../intent/claim";
import { type MountClaim, mountPointClaim } from "../../intent/mount-claim";
import type { Owner } from "../../intent/owner";
import { bytesOf } from "../../model/bytes";
import { applyMode, type Mode, requireMode } from "../../model/mode";
import { hidepids, parseSize, subsets } from "../../model/mount";
import { hostPathField, jailPathField, principalField, reasonField, refuseWith, stickyDirectoryMode } from "../fields";

/** Something that is mounted in a jail, always with nosuid and nodev. */
export const mountArgs = z.strictObject({
  /**
   * `bind` shows a directory, a regular file or a socket of the host, `tmpfs` is kept in memory and empty after a
   * reboot, `proc` shows the kernel's information on the host's processes (proc(5)), for programs that do not work
   * without; it needs Linux 5.8 and `allowDangerous`.
   * @example type: "bind"
   */
  type: z.enum(["bind", "tmpfs", "proc"]),
  /**
   * The directory, file or socket of the host, of a bind. A file or a socket is mounted on an empty file, which `up`
   * makes; where the host replaces it, the jail has the old one, which is drift. A socket is mounted again by `up` and
   * not at the host's start, as its process starts late. A process that may connect to a socket reaches the process
   * behind it: a process that runs as root and starts programs (docker, D-Bus, systemd) is a way out of the jail, even with
   * `readOnly`.
   * @refused `/`, a directory that contains the jail or lies in it, file systems of the kernel; on the host, a link, or
   * a path whose name anyone other than root may change
   * @example source: "/srv/zones"
   */
  source: hostPathField.optional(),
  /**
   * Why a source is accepted that anyone other than root may replace, such as a directory in a user's home. Without it
   * such a source is refused. The risk: these users decide at any time which files the daemon finds there; and one of their
   * processes can hand the daemon a descriptor of a directory outside, through a socket in it (unix(7)), with which it
   * leaves the jail. The source's path must have no link: otherwise `up` mounts nothing and fails. Only `up` mounts it,
   * as a host that starts follows links.
   * @example untrustedSource: "only the release user writes there"
   */
  untrustedSource: reasonField.optional(),
  /**
   * Whether nothing can be changed through a bind or proc. With `false`, the owners and modes behind the mount say
   * which users may write.
   * @defaultValue `true`
   * @example readOnly: false
   */
  readOnly: z.boolean().optional(),
  /**
   * Whether programs can be run from a bind or a tmpfs.
   * @defaultValue `false`
   * @example exec: true
   */
  exec: z.boolean().optional(),
  /**
   * How much a tmpfs holds at most: a number with `k`, `m` or `g`. A tmpfs needs it: the kernel's default is half of
   * all memory.
   * @unit `k`, `m` or `g`
   * @example size: "16m"
   */
  size: z
    .string()
    .superRefine(refuseWith((text) => (parseSize(text) ? undefined : `"${text}" is not a size such as "64m"`)))
    .optional(),
  /**
   * Owner of the top of a tmpfs, by name or number.
   * @defaultValue `"root"`
   * @example owner: "root"
   */
  owner: principalField.optional(),
  /**
   * Group of the top of a tmpfs, by name or number.
   * @defaultValue `"root"`
   * @example group: "bind"
   */
  group: principalField.optional(),
  /**
   * Mode of the top of a tmpfs, absolute. With the sticky bit, as in `"1777"` for a `tmp`, every user who may write
   * there keeps their own files (unlink(2)).
   * @defaultValue `"0755"`
   * @example mode: "1777"
   */
  mode: stickyDirectoryMode.optional(),
  /**
   * The processes that a proc shows. `ptraceable`: the processes that the reader may trace, its own user's. `invisible`
   * shows all processes to root's group, `noaccess` shows their numbers to everybody, `off` shows all of them to
   * everybody.
   * @defaultValue `"ptraceable"`
   * @example hidepid: "invisible"
   */
  hidepid: z.enum(hidepids).optional(),
  /**
   * Whether a proc has processes alone (`pid`), or `all`, with the kernel's other files, such as `meminfo` and `sys`.
   * @defaultValue `"pid"`
   * @example subset: "all"
   */
  subset: z.enum(subsets).optional(),
  /**
   * Why the daemon gets a proc, which is refused without it. A daemon leaves its jail through `/proc/PID/root` or
   * `/proc/PID/cwd` of any process outside that has its user, whatever `hidepid` and `subset` are: nothing else on the
   * host may run as that user.
   * @example allowDangerous: "no other process has this user"
   */
  allowDangerous: reasonField.optional(),
  /**
   * Why the jail needs it.
   * @refused a blank
   * @example reason: "the zones, which the host's tools write"
   */
  reason: reasonField,
});

type Mount = z.output<typeof mountArgs>;

const kernels = ["/proc", "/sys", "/dev", "/var/lib/pulumi-chroot"];
const fieldsOf = {
  bind: ["source", "untrustedSource", "readOnly", "exec"],
  tmpfs: ["size", "owner", "group", "mode", "exec"],
  proc: ["hidepid", "subset", "allowDangerous", "readOnly"],
} as const;
const allFields = [...new Set(Object.values(fieldsOf).flat())];

/** Mounts by their paths in the jail. */
export const mountsField = z.record(jailPathField, mountArgs).superRefine((mounts, context) => {
  for (const [path, mount] of Object.entries(mounts)) {
    const message = mountProblem(path, mount);
    if (message !== undefined) context.addIssue({ code: "custom", message, path: [path] });
  }
});

type Mounts = z.output<typeof mountsField>;

function mountProblem(path: string, mount: Mount): string | undefined {
  const { type, source, size } = mount;
  if (path === ".") return "is the jail's root: mount something on a directory in it";
  const own: readonly string[] = fieldsOf[type];
  const foreign = allFields.filter((name) => !own.includes(name) && mount[name] !== undefined);
  if (foreign.length > 0) return `has ${foreign.join(" and ")}, which a ${type} does not have`;
  if (type === "tmpfs") return size === undefined ? 'has no size: give one, such as "64m"' : undefined;
  if (type === "proc")
    return mount.allowDangerous === undefined
      ? "is a proc: through /proc/PID/root of a process outside with its user the daemon leaves the jail: leave it out, or say in allowDangerous why it has to be"
      : undefined;
  if (source === undefined) return "has no source: give the path on the host";
  const kernel = ["/", ...kernels].find((top) => source === top || (top !== "/" && source.startsWith(`${top}/`)));
  return kernel === undefined ? undefined : `shows the host's ${kernel}: with that a daemon can leave the jail`;
}

/** The mounts that a Jail declares; the type of a bind's source is known from the host. */
export function mountClaims(mounts: Mounts | undefined, by: Owner): MountClaim[] {
  return Object.entries(mounts ?? {}).flatMap(([path, mount]): MountClaim[] => {
    const { exec = false, untrustedSource } = mount;
    const claim = { by, reason: reasonOf(mount), at: bytesOf(path) };
    if (mount.type === "bind") {
      const source = bytesOf(mount.source ?? "");
      const trust = untrustedSource === undefined ? {} : { isUntrusted: true as const };
      return [{ ...claim, is: { type: "bind", source, ...trust, readOnly: mount.readOnly ?? true, exec } }];
    }
    if (mount.type === "proc") {
      const { readOnly = true, hidepid = "ptraceable", subset = "pid" } = mount;
      return [{ ...claim, is: { type: "proc", readOnly, hidepid, subset } }];
    }
    const { owner = "root", group = "root", mode = "0755", size = "" } = mount;
    return [{ ...claim, is: { type: "tmpfs", size: parseSize(size) ?? 0, owner, group, mode: topMode(mode), exec } }];
  });
}

/** The reason for a mount, with the reasons for the risks that it accepts. */
function reasonOf({ reason, untrustedSource, allowDangerous }: Mount): string {
  if (allowDangerous !== undefined)
    return `${reason}; allowed although through /proc/PID/root or cwd of a process outside with its user the daemon leaves the jail: ${allowDangerous}`;
  return untrustedSource === undefined
    ? reason
    : `${reason}; other users than root decide its contents, and can give the daemon a way out of the jail through a socket there: ${untrustedSource}`;
}

function topMode(mode: string): Mode {
  return /^1/.test(mode) ? Number.parseInt(mode, 8) : applyMode(requireMode(mode), 0, true);
}

/** Whether a mount lets the users write whom its owners and modes allow to. */
export function isWritableMount({ is }: MountClaim): boolean {
  return is.type === "tmpfs" || !is.readOnly;
}

/** The directories above the mounts have to be there, and for a mount other than a bind its mount point. */
export function mountPointClaims(mounts: Mounts | undefined, by: Owner): Claim[] {
  return Object.entries(mounts ?? {}).map(([path, { type, reason }]) =>
    mountPointClaim({ at: bytesOf(path), reason, by }, type === "bind" ? "within" : "required"),
  );
}

/** The users and groups that they need on the host. */
export function mountOwners(mounts: Mounts | undefined): { users: string[]; groups: string[] } {
  const all = Object.values(mounts ?? {});
  return { users: all.flatMap(({ owner }) => owner ?? []), groups: all.flatMap(({ group }) => group ?? []) };
}
