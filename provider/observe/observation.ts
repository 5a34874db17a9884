import type { Damage, RegistryRecord } from "../intent/declaration";
import type { Bytes } from "../model/bytes";
import type { Live, Principals } from "../model/entry";
import type { Mode } from "../model/mode";
import type { LiveMount } from "../model/mount";
import type { FileFacts } from "./files";

/** A directory that is closed to the daemon while a run repairs what is below it, and what it is opened to again. */
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

/** What one look at a host found out about one jail. A value: nothing in it changes any more. */
export interface Observation {
  /** Every entry below the root and the root itself as `.`, in the order of the scan; empty when the root is absent. */
  readonly entries: ReadonlyMap<Bytes, Live>;
  /** Where there is no root: the first directory on the way to it that is missing, on the host. */
  readonly absent?: Bytes;
  /** Mount points below the root: they and what is below them are not looked at. */
  readonly mounts: readonly Bytes[];
  /** What is mounted there, as far as the host tells. */
  readonly mounted?: ReadonlyMap<Bytes, LiveMount>;
  /** systemd starts the host, and what runs there. */
  readonly hasSystemd?: boolean;
  /** What the root is on, or will be. */
  readonly filesystem?: Filesystem;
  /** Where the host's fstab mounts something at the root or above it, and nothing is mounted. */
  readonly unmounted?: Bytes;
  readonly principals: Principals;
  readonly records: readonly RegistryRecord[];
  /** From the registries of other jails the records of those that this one may lie in, or that may lie in this one. */
  readonly nested?: readonly RegistryRecord[];
  /** Files of the registry that are no records, and records that do not count here. */
  readonly damaged: readonly Damage[];
  /** What runs that were cut short (power loss, kill -9) have left closed, as far as it still is. */
  readonly leftSealed: readonly Sealed[];
  /** `/etc/machine-id`; empty where the host has none. */
  readonly machineId: string;
  /** Whether the host can tell ACLs and file capabilities; where it cannot no entry has any. */
  readonly can: { readonly acl: boolean; readonly capabilities: boolean };
  /** What was asked of files that somebody puts into the jail or onto its host. */
  readonly files?: FileFacts;
  /** Files that lose their execute permission and are programs: ELF, or with a `#!` line. */
  readonly programs?: ReadonlySet<Bytes>;
  /** What this host cannot check, and why. */
  readonly gaps: readonly string[];
  /** What is to be said of the way to the host in every run. */
  readonly notices: readonly string[];
}

export function rootOf(observation: Observation): Live | undefined {
  return observation.entries.get("." as Bytes);
}
