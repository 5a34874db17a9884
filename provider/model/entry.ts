import type { Acl } from "./acl";
import type { Bytes } from "./bytes";
import type { Mode } from "./mode";
import type { UnreadProblem } from "./unread-problem";

/** The type as find names it; `unknown` is any other letter. */
export type EntryType =
  | "file"
  | "directory"
  | "link"
  | "fifo"
  | "socket"
  | "character device"
  | "block device"
  | "unknown";

/** One inode as a scan saw it. */
export interface Live {
  readonly type: EntryType;
  readonly uid: number;
  readonly gid: number;
  readonly mode: Mode;
  /** The number of hard links of the inode, in or outside the jail. */
  readonly links: number;
  /** `device:inode`: two names with the same one are the same file. */
  readonly inode: string;
  /** In bytes; it has a meaning for regular files only. */
  readonly size?: number;
  /** The target of a symbolic link. */
  readonly target?: Bytes;
  /** Absent where there is none, and where the host cannot tell. */
  readonly acl?: Acl;
  /** File capabilities in the one form of `parseCapabilities`; absent as `acl`. */
  readonly capabilities?: string;
  /** The reason why a part of it is unknown: a tool could not read it, or printed an unexpected text. */
  readonly unread?: UnreadProblem;
}

/** Users and groups of a host, by name and by number. */
export interface Principals {
  readonly uids: ReadonlyMap<string, number>;
  readonly gids: ReadonlyMap<string, number>;
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
  /** The number of each user's own group, by user name. */
  readonly primary: ReadonlyMap<string, number>;
}

/** The number of a user or group that was declared by name or by number; undefined when the host does not know it. */
export function principalId(declared: string, ids: ReadonlyMap<string, number>): number | undefined {
  return ids.get(declared) ?? (/^[0-9]+$/.test(declared) ? Number(declared) : undefined);
}
