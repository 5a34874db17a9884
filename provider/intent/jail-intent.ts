import type { Bytes } from "../model/bytes";
import type { MountClaim } from "./mount-claim";

/** Reasons by their subject: a path, a glob or a name. */
export type Reasons = Readonly<Record<string, string>>;

/** The declarations of a Jail beside its claims. A damaged record of another jail declares its root alone. */
export interface JailIntent {
  readonly root: string;
  readonly user?: string;
  readonly group?: string;
  /** The Jail takes over a root that holds entries. */
  readonly isAdopted: boolean;
  /** `project/stack` of a stack that is gone. */
  readonly takeOverFrom?: string;
  readonly directories: Reasons;
  readonly writable: Reasons;
  readonly binaries: Reasons;
  readonly hasDevices: boolean;
  /** The host tells the type of a bind's source. */
  readonly mounts: readonly MountClaim[];
  readonly logSocket?: LogSocketIntent;
  readonly users: Readonly<Record<string, UserIntent>>;
  readonly groups: Reasons;
  readonly exclude: Reasons;
  readonly undeclared: "report" | "ignore" | "prune";
  readonly protect: Reasons;
  readonly pruneAnyway: Reasons;
  /** Findings that are known and stay. */
  readonly accept: Reasons;
  /** Deleting the resource removes the entries that it has made. */
  readonly isRemoved: boolean;
}

/** The place where programs in the jail send their log lines. */
export interface LogSocketIntent {
  readonly at: Bytes;
  /** `journald`, `syslog`, or the path of a socket of the host. */
  readonly from: string;
  /** The host's file that receives the lines, where the Jail names one. */
  readonly foundIn?: string;
  readonly reason: string;
  /** The mount of the host's socket; absent where rsyslog makes its own socket in the jail. */
  readonly mount?: MountClaim;
}

/** A user that programs in the jail find by name. */
export interface UserIntent {
  readonly reason: string;
  readonly shell?: string | undefined;
  readonly home?: string | undefined;
  readonly group?: string | undefined;
  /** The reason why the jail names a user whose number is 0. */
  readonly allowRoot?: string | undefined;
}

/** The account that a daemon runs as. */
export interface DaemonIntent {
  readonly user: string;
  readonly groups: readonly string[];
}
