import { accessEntries, groupBits, hasAccessEntries } from "../../model/acl";
import type { Live } from "../../model/entry";

/** A subject other than root: a process's user and its groups, or any member of a group. */
export interface Subject {
  /** Absent for any member of a group. */
  readonly uid?: number;
  readonly gids: readonly number[];
}

/** The fields of an inode that decide access to it. */
export type Access = Pick<Live, "uid" | "gid" | "mode" | "acl">;

/** The rights of a subject to an inode, rwx as three bits, as the kernel decides them (acl(5), "access check algorithm"). */
export function rightsOf({ uid, gids }: Subject, { uid: owner, gid, mode, acl = [] }: Access): number {
  if (uid !== undefined && uid === owner) return (mode >> 6) & 7;
  const entries = accessEntries(acl);
  const mask = hasAccessEntries(acl) ? (mode >> 3) & 7 : 7;
  const user = entries.find(({ tag, id }) => tag === "user" && id === uid);
  if (user) return user.bits & mask;
  const matching = [
    ...(gids.includes(gid) ? [groupBits(acl, mode)] : []),
    ...entries.filter(({ tag, id }) => tag === "group" && gids.includes(id)).map(({ bits }) => bits),
  ];
  return matching.length > 0 ? matching.reduce((all, bits) => all | bits, 0) & mask : mode & 7;
}
