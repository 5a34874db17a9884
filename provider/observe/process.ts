import type { Bytes } from "../model/bytes";
import type { Mode } from "../model/mode";

/** A process whose root is at or below the jail, or a thread of one whose rights differ from its process. */
export interface Process {
  readonly pid: number;
  /** The thread's own number; undefined for the process. */
  readonly thread?: number;
  /** The start time, in clock ticks since the host's start: it tells apart two processes that have the same number in turn. */
  readonly started: string;
  /** The name that it gives itself, at most 15 bytes. */
  readonly name: Bytes;
  /** The program that it runs, as the host sees it; undefined where it runs none any more. */
  readonly program?: Bytes;
  /** As the host sees it: another name where it is another mount of the same directory. */
  readonly root: Bytes;
  /** Whether its root is below the jail's: a chroot in a chroot. */
  readonly isNested: boolean;
  readonly cwd: Bytes;
  readonly isCwdInside: boolean;
  /** Real, effective, saved and the file system's (proc(5)). */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  /** Capabilities that it may use or raise, without "cap_". */
  readonly capabilities: readonly string[];
  /** Capabilities that a program it starts could get from a file. */
  readonly bounding: readonly string[];
  readonly noNewPrivs: boolean;
  /** Undefined where the kernel does not tell (before Linux 4.7). */
  readonly umask?: Mode;
  /** Ways out of the jail that it holds open. */
  readonly descriptors: readonly Descriptor[];
  /** Whether it has more descriptors than are listed. */
  readonly hasMoreDescriptors: boolean;
  /** Parts that were not seen for lack of time; empty for a complete look. */
  readonly unseen: readonly ("descriptors" | "environment")[];
  /** Names only: values may be secrets, and stay on the host. */
  readonly environment: readonly string[];
}

/** A directory or a file outside the jail, the file open for writing, or a block device anywhere. */
export interface Descriptor {
  readonly number: number;
  readonly type: "directory" | "file" | "block device";
  /** As the host sees it. */
  readonly path: Bytes;
}

/** The processes that run in a jail. */
export interface Running {
  readonly processes: readonly Process[];
  /** The number of processes and threads that were left out because there are too many. */
  readonly more: number;
  /** New ones appeared in every pass of the look, so that there may be others. */
  readonly isRestless: boolean;
  /** The host's words on why this session may not see all processes; undefined where it sees all. */
  readonly blind?: string;
}
