import { z } from "zod";
import type { Claim, Owner } from "../../intent/claim";
import { literalGlob } from "../../intent/glob";
import type { MountClaim } from "../../intent/mount-claim";
import { bytesOf } from "../../model/bytes";
import { applyMode, requireMode } from "../../model/mode";
import { parseSize } from "../../model/mount";
import {
  absoluteDirectoryMode,
  hostPathField,
  jailPathField,
  principalField,
  reasonField,
  refuseWith,
} from "../fields";

/** Something that is mounted in a jail, always with nosuid and nodev. */
export const mountArgs = z.strictObject({
  /** `bind` shows a directory of the host, `tmpfs` is kept in memory and empty after a reboot. */
  type: z.enum(["bind", "tmpfs"]),
  /**
   * The directory of the host, of a bind. Refused: `/`, what the jail itself is in or has in it, file systems of the kernel; on
   * the host, a link, or a directory whose name others than root may change.
   */
  source: hostPathField.optional(),
  /** Whether nothing can be changed through a bind. Default true. Who may write behind a mount of `false` its owners and modes say. */
  readOnly: z.boolean().optional(),
  /** Whether programs can be run from it. Default false. */
  exec: z.boolean().optional(),
  /** How much a tmpfs holds at most: a number with `k`, `m` or `g`. Required there: the kernel's default is half of all memory. */
  size: z
    .string()
    .superRefine(refuseWith((text) => (parseSize(text) ? undefined : `"${text}" is not a size such as "64m"`)))
    .optional(),
  /** Owner of the top of a tmpfs. Default `root`. */
  owner: principalField.optional(),
  /** Group of the top of a tmpfs. Default `root`. */
  group: principalField.optional(),
  /** Mode of the top of a tmpfs, absolute. Default `"0755"`. */
  mode: absoluteDirectoryMode.optional(),
  /** Why the jail needs it. */
  reason: reasonField,
});

type Mount = z.output<typeof mountArgs>;

const kernels = ["/proc", "/sys", "/dev", "/var/lib/pulumi-chroot"];
const ofBind = ["source", "readOnly"] as const;
const ofTmpfs = ["size", "owner", "group", "mode"] as const;

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
  const foreign = (type === "bind" ? ofTmpfs : ofBind).filter((name) => mount[name] !== undefined);
  if (foreign.length > 0) return `has ${foreign.join(" and ")}, which a ${type} does not have`;
  if (type === "tmpfs") return size === undefined ? 'says no size: give one, such as "64m"' : undefined;
  if (source === undefined) return "says no source: give the host's directory";
  const kernel = ["/", ...kernels].find((top) => source === top || (top !== "/" && source.startsWith(`${top}/`)));
  return kernel === undefined ? undefined : `shows the host's ${kernel}: with that a daemon can leave the jail`;
}

/** Why a jail cannot have its mounts; the jail's root is known here. */
export function sourceProblem(source: string, root: string, what: string): string | undefined {
  const isIn = (path: string, top: string) => path === top || path.startsWith(`${top}/`);
  if (isIn(root, source)) return `its source ${source} has the jail itself in it: bind a directory beside the jail`;
  return isIn(source, root) ? `its source ${source} is in the jail: bind ${what} beside the jail` : undefined;
}

export function mountClaims(mounts: Mounts | undefined, by: Owner): MountClaim[] {
  return Object.entries(mounts ?? {}).flatMap(([path, mount]): MountClaim[] => {
    const { exec = false, reason } = mount;
    const claim = { by, reason, at: bytesOf(path) };
    if (mount.type === "bind") {
      const source = bytesOf(mount.source ?? "");
      return [{ ...claim, is: { type: "bind", source, readOnly: mount.readOnly ?? true, exec } }];
    }
    const { owner = "root", group = "root", mode = "0755", size = "" } = mount;
    const bits = applyMode(requireMode(mode), 0, true);
    return [{ ...claim, is: { type: "tmpfs", size: parseSize(size) ?? 0, owner, group, mode: bits, exec } }];
  });
}

/** Where something can be changed through a mount, by whoever its owners and modes let. */
export function writableMounts(mounts: Mounts): string[] {
  return Object.keys(mounts).filter((path) => mounts[path]?.type === "tmpfs" || mounts[path]?.readOnly === false);
}

/** The directories that they are mounted on have to be there. */
export function mountPointClaims(mounts: Mounts | undefined, by: Owner): Claim[] {
  return Object.entries(mounts ?? {}).map(([path, { reason }]) => ({
    by,
    match: literalGlob(path),
    except: [],
    want: {},
    presence: "required",
    tier: "baseline",
    order: 0,
    reason: `the mount goes there: ${reason}`,
  }));
}

/** Who has to exist on the host for them. */
export function mountOwners(mounts: Mounts | undefined): { users: string[]; groups: string[] } {
  const all = Object.values(mounts ?? {});
  return { users: all.flatMap(({ owner }) => owner ?? []), groups: all.flatMap(({ group }) => group ?? []) };
}
