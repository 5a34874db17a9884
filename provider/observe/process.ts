import type { Bytes } from "../model/bytes";
import type { Mode } from "../model/mode";

/** A process whose root is the jail or below it, or a thread of one that may do other things than its process. */
export interface Process {
  readonly pid: number;
  /** The thread's own number; undefined for the process. */
  readonly thread?: number;
  /** When it was started, in clock ticks since the host's start: whoever has the number of one that has ended has another. */
  readonly started: string;
  /** As it calls itself, at most 15 bytes. */
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
  /** What it may use, now or whenever it wants, without "cap_". */
  readonly capabilities: readonly string[];
  /** What a program that it starts could get from a file. */
  readonly bounding: readonly string[];
  readonly noNewPrivs: boolean;
  /** Undefined where the kernel does not tell (before Linux 4.7). */
  readonly umask?: Mode;
  /** Ways out of the jail that it holds open. */
  readonly descriptors: readonly Descriptor[];
  /** Whether it has more of them than were looked at. */
  readonly hasMoreDescriptors: boolean;
  /** Names only: values may be secrets, and stay on the host. */
  readonly environment: readonly string[];
}

/** A directory or a file outside the jail, the file open for writing, or a block device wherever it is. */
export interface Descriptor {
  readonly number: number;
  readonly type: "directory" | "file" | "block device";
  /** As the host sees it. */
  readonly path: Bytes;
}

/** Who runs in a jail. */
export interface Running {
  readonly processes: readonly Process[];
  /** How many processes and threads were not looked at, as there are too many. */
  readonly more: number;
}
