import type { MountClaim } from "../../intent/mount-claim";
import type { Owner } from "../../intent/owner";
import { type Bytes, fromWire } from "../../model/bytes";
import { type Principals, principalId } from "../../model/entry";
import { type LiveMount, limitingOptions, type MountWish, mountLimits } from "../../model/mount";
import { depthOf } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { type Difference, type FenceChange, keepNothing, type MountChange } from "../difference";
import type { Departed, Listener } from "./listening";

/** The way in which a host without systemd mounts at boot. */
export interface BootFacts {
  /** Its mount command is BusyBox's, which makes no bind of fstab read-only. */
  readonly isSimple: boolean;
  /** The lines that this jail has in fstab. */
  readonly fence: Bytes;
}

/** The mounts of a jail: the declared ones, and earlier ones of ours. */
export interface Mounting {
  readonly claims: readonly MountClaim[];
  /** Earlier mounts that are declared no more. */
  readonly departed: readonly { readonly at: Bytes; readonly by: Owner; readonly isOnOthers: boolean }[];
  readonly fence?: FenceChange & { readonly by: Owner };
  readonly listener?: Listener;
  /** An rsyslog configuration to remove. */
  readonly unheard?: Departed;
}

/** Mounts that differ from the declaration, the outermost first. `inodeOf` gives the inode of a path on the host. */
export function mountDifferences(
  { claims, departed, fence }: Mounting,
  { mounted = new Map(), principals }: Observation,
  isSame: (claim: MountClaim) => boolean,
): Difference[] {
  const changes = [...claims]
    .sort((one, other) => depthOf(one.at) - depthOf(other.at))
    .flatMap((claim) => {
      const live = mounted.get(claim.at);
      const how = howTo(claim, live, isSame, principals);
      return how
        ? [{ owner: claim.by, reason: claim.reason, mount: { at: claim.at, how, claim, ...(live && { live }) } }]
        : [];
    });
  const gone = departed.flatMap(({ at, by, isOnOthers }) => {
    const live = mounted.get(at);
    const reason = "it is not declared any more";
    return live ? [{ owner: by, reason, mount: { at, how: "unmount" as const, live, isOnOthers } }] : [];
  });
  const lines = fence && fence.live !== fence.want ? [fence] : [];
  return [
    ...[...gone.reverse(), ...changes].map((one) => ({
      ...one,
      path: one.mount.at,
      live: undefined,
      want: {},
      keep: keepNothing,
    })),
    ...lines.map(({ by, live, want }) => ({
      owner: by,
      path: fromWire("/etc/fstab"),
      live: undefined,
      want: {},
      keep: keepNothing,
      reason: "the jail's mounts are made again when the host starts",
      fence: { live, want },
    })),
  ];
}

function howTo(
  claim: MountClaim,
  live: LiveMount | undefined,
  isSame: (claim: MountClaim) => boolean,
  principals: Principals,
): MountChange["how"] | undefined {
  if (!live) return "mount";
  if (!isLike(claim, live, isSame, principals)) return "again";
  const limits = mountLimits(claim.is);
  const isLimited = limitingOptions.every((option) => limits.has(option) === live.options.has(option));
  const isSized = claim.is.type !== "tmpfs" || live.superOptions.get("size") === `${claim.is.size}k`;
  return isLimited && isSized ? undefined : "remount";
}

function isLike(
  claim: MountClaim,
  live: LiveMount,
  isSame: (claim: MountClaim) => boolean,
  principals: Principals,
): boolean {
  const { is } = claim;
  if (is.type === "bind") return isSame(claim);
  return is.type === "proc" ? isLikeProc(is, live) : isLikeTmpfs(is, live, principals);
}

/** Whether a live proc mount is as declared. A `gid=` exempts a group from hidepid, and no declaration has one. */
function isLikeProc(is: MountWish & { readonly type: "proc" }, { type, root, superOptions }: LiveMount): boolean {
  const [hidepid = "off", subset = "all"] = [superOptions.get("hidepid"), superOptions.get("subset")];
  return type === "proc" && root === "/" && hidepid === is.hidepid && subset === is.subset && !superOptions.has("gid");
}

/** Size and limits can change in place; the owner of the top directory changes only by a new mount. */
function isLikeTmpfs(is: MountWish, { type, root, superOptions }: LiveMount, { uids, gids }: Principals): boolean {
  if (is.type !== "tmpfs" || type !== "tmpfs" || root !== "/") return false;
  // The kernel does not show the defaults: mode 1777 and owner root.
  const id = (name: string) => Number(superOptions.get(name) ?? 0);
  const mode = Number.parseInt(superOptions.get("mode") ?? "1777", 8);
  return id("uid") === principalId(is.owner, uids) && id("gid") === principalId(is.group, gids) && mode === is.mode;
}
