import type { FileClaim } from "../intent/file-claim";
import type { MountClaim } from "../intent/mount-claim";
import type { Owner } from "../intent/owner";
import type { Acl } from "../model/acl";
import type { Bytes } from "../model/bytes";
import type { DeviceType } from "../model/device";
import type { Digest } from "../model/digest";
import type { EntryType, Live } from "../model/entry";
import type { Mode } from "../model/mode";
import type { LiveMount } from "../model/mount";
import type { LiveContent } from "../observe/file-facts";
import type { PruneKind } from "../observe/uses";
import type { Block } from "./block";

/** The fields that one resource wants of a path: only fields that it wrote last. */
export interface Wanted {
  readonly type?: "directory" | "file" | "link" | DeviceType | "absent";
  readonly uid?: number;
  readonly gid?: number;
  /** The bits under `mask` have to be `bits`. */
  readonly mode?: { readonly bits: Mode; readonly mask: Mode };
  /** Empty for none. */
  readonly acl?: Acl;
  /** Empty for none. */
  readonly capabilities?: string;
}

/** Declared fields that chown takes from a file, to be set again. */
export interface Kept {
  readonly special: Mode;
  readonly capabilities: string;
  /** The group's own permission once an ACL is gone, as three bits, where a resource holds the mode. */
  readonly group?: number;
}

/** For a repair in which chown takes nothing away. */
export const keepNothing: Kept = { special: 0, capabilities: "" };

/** A file, a link or a device that has to be put in place, whole. */
export interface Put {
  readonly claim: FileClaim;
  /** The declared content; absent for a link. */
  readonly want?: Digest;
  /** The content that is there. */
  readonly live?: LiveContent;
}

/** A mount that differs from the declaration. */
export interface MountChange {
  readonly at: Bytes;
  /** `again` mounts another file system in its place; `remount` changes its limits. */
  readonly how: "mount" | "remount" | "again" | "unmount";
  /** Absent where the mount is declared no more. */
  readonly claim?: MountClaim;
  readonly live?: LiveMount;
  /** The mount point existed before the mount. */
  readonly isOnOthers?: boolean;
}

/** The present and the declared lines of a jail in fstab. */
export interface FenceChange {
  readonly live: Bytes;
  readonly want: Bytes;
}

/** A socket without its right listener. Only the host's administrator can repair `host`. */
export type Silence =
  | { readonly of: "relay" | "host"; readonly live: EntryType | "absent"; readonly socket: Bytes }
  /** rsyslog listens at a socket that is declared no more. */
  | { readonly of: "departed" };

/** How much a difference matters, worst first. */
export const weightClasses = ["gains root", "looser", "takes execute", "owner", "other"] as const;
export type WeightClass = (typeof weightClasses)[number];

interface Weight {
  readonly class: WeightClass;
  /** The repair would allow an access that is denied now. */
  readonly isLooser: boolean;
}

/** A path that differs from one resource's declaration. */
export interface Difference {
  /** A path in the jail; with a leading "/", a path on its host. */
  readonly path: Bytes;
  readonly owner: Owner;
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly keep: Kept;
  readonly reason: string;
  readonly put?: Put;
  /** The number of a device that is there: `major:minor`. */
  readonly device?: string;
  /** How many entries go with a directory that is moved away. */
  readonly below?: number;
  /** An undeclared entry is moved away only where it is unused, or anyway where the Jail says so. */
  readonly prune?: PruneKind;
  /** A mount that is there, or is to be made. */
  readonly mount?: MountChange;
  /** A log socket has no listener, or a listener that is declared no more. */
  readonly silence?: Silence;
  /** The jail's lines in the host's fstab. */
  readonly fence?: FenceChange;
  /** Directories above a missing one that are missing too, or are another type of entry: the repair makes them first. */
  readonly above?: readonly Bytes[];
  /** How much the difference matters; each difference of a plan has a weight. */
  readonly weight?: Weight;
  /** The reason why it cannot be repaired. */
  readonly blocked?: Block;
  /** A flag such as immutable keeps even root from changing the entry. */
  readonly isFlagged?: true;
}

/** The mode after applying the wanted bits. */
export function modeAfter(mode: Mode, { bits, mask }: NonNullable<Wanted["mode"]>): Mode {
  return (mode & ~mask) | bits;
}

/** Merges two sets of wanted fields of one resource. */
export function withWanted(one: Wanted, more: Wanted): Wanted {
  if (!one.mode || !more.mode) return { ...one, ...more };
  const mode = { bits: one.mode.bits | more.mode.bits, mask: one.mode.mask | more.mode.mask };
  return { ...one, ...more, mode };
}
