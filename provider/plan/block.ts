import type { Damage } from "../intent/registry-record";
import type { UnseenUses } from "../intent/unseen-uses";
import type { Bytes } from "../model/bytes";
import type { Use } from "../observe/uses";

/** Why a difference cannot be repaired. */
export type Block =
  | { readonly problem: "too-deep"; readonly deepest: number }
  | { readonly problem: "path-too-long"; readonly bytes: number }
  /** The names of its inode outside the jail, and all of its names. */
  | { readonly problem: "names-outside"; readonly outside: number; readonly names: number }
  | { readonly problem: "names-disagree"; readonly names: number }
  | { readonly problem: "flag"; readonly flag: "immutable" | "append-only" }
  | PruneBlock;

/** Why an undeclared entry is not moved away. */
export type PruneBlock =
  /** The record may declare the entry. */
  | { readonly problem: "record-unread"; readonly damage: Damage }
  | { readonly problem: "mount-below"; readonly mount: Bytes }
  | { readonly problem: "unseen-below"; readonly path: Bytes }
  /** Other users than root may write in it. */
  | { readonly problem: "daemons-directory" }
  | { readonly problem: "in-use"; readonly use: Use }
  | { readonly problem: "use-unknown"; readonly why: UnseenUses };
