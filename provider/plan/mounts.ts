import type { Owner } from "../intent/claim";
import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, depthOf, fromWire } from "../model/bytes";
import { type Principals, principalId } from "../model/entry";
import { type LiveMount, limitingOptions, limitsOf, type MountWish } from "../model/mount";
import type { Observation } from "../observe/observation";
import { type Difference, keepNothing } from "./difference";
import type { Departed, Listener } from "./listening";

/** What mounts things when a host without systemd starts. */
export interface BootFacts {
  /** Its mount command is BusyBox's, which makes no bind of fstab read-only. */
  readonly isSimple: boolean;
  /** The lines that this jail has in fstab. */
  readonly fence: Bytes;
}

/** A mount that is not as declared. */
export interface MountChange {
  readonly at: Bytes;
  /** `again` is another one in its place; `remount` gives it other limits. */
  readonly how: "mount" | "remount" | "again" | "unmount";
  /** Absent where it is declared no more. */
  readonly claim?: MountClaim;
  readonly live?: LiveMount;
  /** What it was mounted on was there before. */
  readonly isOnOthers?: boolean;
}

/** The mounts of a jail: those that are declared, and those that we have made before. */
export interface Mounting {
  readonly claims: readonly MountClaim[];
  /** Declared no more. */
  readonly departed: readonly { readonly at: Bytes; readonly by: Owner; readonly isOnOthers: boolean }[];
  readonly fence?: FenceChange & { readonly by: Owner };
  readonly listener?: Listener;
  /** Of it rsyslog is not to know any more. */
  readonly unheard?: Departed;
}

/** What a jail has in fstab, and is to have. */
export interface FenceChange {
  readonly live: Bytes;
  readonly want: Bytes;
}

/** What is mounted otherwise than declared, the outermost first. `inodeOf` tells of a path on the host. */
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
      reason: "what is mounted in the jail is mounted again when the host starts",
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
  if (claim.is.type === "bind" ? !isSame(claim) : !isLikeTmpfs(claim.is, live, principals)) return "again";
  const limits = limitsOf(claim.is);
  const isLimited = limitingOptions.every((option) => limits.has(option) === live.options.has(option));
  const isSized = claim.is.type !== "tmpfs" || live.superOptions.get("size") === `${claim.is.size}k`;
  return isLimited && isSized ? undefined : "remount";
}

/** Size and limits can be changed as it is; who owns its top only by another one. */
function isLikeTmpfs(is: MountWish, { type, root, superOptions }: LiveMount, { uids, gids }: Principals): boolean {
  if (is.type !== "tmpfs" || type !== "tmpfs" || root !== "/") return false;
  // What is 1777 or root's the kernel does not tell of.
  const id = (name: string) => Number(superOptions.get(name) ?? 0);
  const mode = Number.parseInt(superOptions.get("mode") ?? "1777", 8);
  return id("uid") === principalId(is.owner, uids) && id("gid") === principalId(is.group, gids) && mode === is.mode;
}
