import type { Acl } from "../../../provider/model/acl";
import type { EntryType, Live } from "../../../provider/model/entry";

export type InodeType = Exclude<EntryType, "unknown">;

/** One inode of a tree in memory. */
export interface Inode {
  readonly type: InodeType;
  readonly number: number;
  mode: number;
  uid: number;
  gid: number;
  links: number;
  /** The bytes of a file, the target of a link, and `major:minor` of a device; latin1. */
  content: string;
  /** The entries of a directory, and the directory above it. */
  readonly children: Map<string, Inode>;
  above: Inode | undefined;
  acl: Acl;
  capabilities: string;
  /** The tree's clock at the last change. */
  changed: bigint;
}

/** The number of the tree's file system. */
const device = 30;

/** Types of st_mode (inode(7)), find's letters and stat's words. */
const types: Readonly<Record<InodeType, readonly [format: number, letter: string, word: string]>> = {
  file: [0o100000, "f", "regular file"],
  directory: [0o040000, "d", "directory"],
  link: [0o120000, "l", "symbolic link"],
  fifo: [0o010000, "p", "fifo"],
  socket: [0o140000, "s", "socket"],
  "character device": [0o020000, "c", "character special file"],
  "block device": [0o060000, "b", "block special file"],
};

function sizeOf({ type, content, children }: Inode): number {
  if (type === "directory") return children.size * 20;
  return type === "file" || type === "link" ? content.length : 0;
}

/** The name of an inode on its machine: `device:inode`. */
export function identityOf({ number }: Inode): string {
  return `${device}:${number}`;
}

/** The type as stat prints it by `%F`. */
export function typeWord(inode: Inode): string {
  if (inode.type === "file" && inode.content === "") return "regular empty file";
  return types[inode.type][2];
}

/** Find's `type mode uid gid links device:inode size`. */
export function findFields(inode: Inode): string {
  const { type, mode, uid, gid, links } = inode;
  return `${types[type][1]} ${mode.toString(8)} ${uid} ${gid} ${links} ${identityOf(inode)} ${sizeOf(inode)}`;
}

/** Stat's `%f %u %g %h %d:%i %s`. */
export function statFields(inode: Inode): string {
  const { type, mode, uid, gid, links } = inode;
  return `${(types[type][0] | mode).toString(16)} ${uid} ${gid} ${links} ${identityOf(inode)} ${sizeOf(inode)}`;
}

/** Whether only root can rename or replace the entries of a directory. */
export function isCold({ uid, mode }: Inode): boolean {
  return isOwnersAlone(uid, mode, 0);
}

/** Whether only this user, and root, can. */
export function isOwnersAlone(uid: number, mode: number, user: number): boolean {
  return uid === user && (mode & 0o022) === 0;
}

/** Whether a directory keeps an entry of this owner for root: by its mode, or by the sticky bit. */
export function isKept(directory: Inode, owner: number): boolean {
  return isCold(directory) || (directory.uid === 0 && (directory.mode & 0o1000) !== 0 && owner === 0);
}

/** The inode as a look at it sees it. */
export function liveOf(inode: Inode): Live {
  const { type, mode, uid, gid, links, content, acl, capabilities } = inode;
  return {
    type,
    mode,
    uid,
    gid,
    links,
    inode: identityOf(inode),
    size: sizeOf(inode),
    ...(type === "link" ? { target: content as NonNullable<Live["target"]> } : {}),
    ...(acl.length > 0 ? { acl } : {}),
    ...(capabilities === "" ? {} : { capabilities }),
  };
}
