import type { HostLimit } from "../intent/host-limit";
import type { KnownFindings } from "../intent/known-findings";
import type { Damage, RegistryRecord } from "../intent/registry-record";
import type { Bytes } from "../model/bytes";
import type { Live, Principals } from "../model/entry";
import type { Mode } from "../model/mode";
import type { LiveMount } from "../model/mount";
import { ancestors } from "../model/path";
import type { UnreadProblem } from "../model/unread-problem";
import type { FileFacts } from "./file-facts";
import type { Uses } from "./uses";

/** A directory that is closed to the daemon while a run repairs entries below it, with its owner and mode from before. */
export interface Sealed {
  readonly path: Bytes;
  /** `device:inode`. */
  readonly inode: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: Mode;
}

/** A file system, as it is mounted. */
export interface Filesystem {
  readonly type: string;
  /** `ro`, `nodev`, `noexec` and the like. */
  readonly options: ReadonlySet<string>;
}

/** A place that a look passed over, with everything below it. */
export interface Unseen {
  readonly at: Bytes;
  readonly why: UnreadProblem;
}

/** The state of one jail on its host at one moment. The value never changes. */
export interface Observation {
  /** Every entry below the root and the root itself as `.`, in the order of the scan; empty when the root is absent. */
  readonly entries: ReadonlyMap<Bytes, Live>;
  /** Where there is no root: the first missing directory on the way to it, on the host. */
  readonly absent?: Bytes;
  /** Mount points below the root: the look passes over them and everything below them. */
  readonly mounts: readonly Bytes[];
  /** Places below the root that the look passed over, with everything below them, and why. */
  readonly unseen?: readonly Unseen[];
  /** The mounts there, as far as the host tells. */
  readonly mounted?: ReadonlyMap<Bytes, LiveMount>;
  /** Whether systemd starts the host and its services. */
  readonly hasSystemd?: boolean;
  /** Its release, as uname(2) tells it; empty where the host does not. */
  readonly kernel?: string;
  /** The file system that the root is on, or will be. */
  readonly filesystem?: Filesystem;
  /** The mount point at or above the root that the host's fstab has, while it is not mounted. */
  readonly unmounted?: Bytes;
  readonly principals: Principals;
  readonly records: readonly RegistryRecord[];
  /** Records from the registries of other jails that this jail may lie in, or that may lie in this jail. */
  readonly nested?: readonly RegistryRecord[];
  /** The findings that the last change of the jail has left; absent where it has left no list. */
  readonly earlier?: KnownFindings;
  /** Files of the registry that are no records, and records that do not count here. */
  readonly damaged: readonly Damage[];
  /** Directories that interrupted runs (power loss, kill -9) have left sealed and that still are. */
  readonly leftSealed: readonly Sealed[];
  /** `/etc/machine-id`; empty where the host has none. */
  readonly machineId: string;
  /** Whether the host can tell ACLs and file capabilities; where it cannot no entry has any. */
  readonly can: { readonly acl: boolean; readonly capabilities: boolean };
  /** Facts about declared files in the jail and on its host. */
  readonly files?: FileFacts;
  /** Files that lose their execute permission and are programs: ELF, or with a `#!` line. */
  readonly programs?: ReadonlySet<Bytes>;
  /** How many seconds before the look the inodes of paths that differ have changed last, by the host's clock. */
  readonly ages?: ReadonlyMap<Bytes, number>;
  /** Uses of undeclared entries that are to be moved away. */
  readonly uses?: Uses;
  /** Checks and services that this host does not support. */
  readonly gaps: readonly HostLimit[];
  /** Notices about the way to the host; every run shows them. */
  readonly notices: readonly string[];
}

export function rootOf(observation: Observation): Live | undefined {
  return observation.entries.get("." as Bytes);
}

/** Whether a path is below a place that the look passed over: its state is unknown. */
export function isUnseen(path: Bytes, { unseen = [] }: Pick<Observation, "unseen">): boolean {
  return unseen.length > 0 && ancestors(path).some((above) => unseen.some(({ at }) => at === above));
}

/** Whether a path is a mount point, or below one. */
export function isBelowMount(path: Bytes, { mounts }: Pick<Observation, "mounts">): boolean {
  return mounts.length > 0 && [...ancestors(path), path].some((part) => mounts.includes(part));
}
