import type { Owner } from "../intent/claim";
import type { Acl } from "../model/acl";
import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import type { Mode } from "../model/mode";

/** What one resource wants of one path: only the fields that it wrote last. */
export interface Wanted {
  readonly type?: "directory";
  readonly uid?: number;
  readonly gid?: number;
  /** The bits under `mask` have to be `bits`. */
  readonly mode?: { readonly bits: Mode; readonly mask: Mode };
  /** Empty for none. */
  readonly acl?: Acl;
  /** Empty for none. */
  readonly capabilities?: string;
}

/** What chown takes from a file although somebody declares it: it is put back. */
export interface Kept {
  readonly special: Mode;
  readonly capabilities: string;
  /** What the group itself is to have once an ACL is gone, where somebody holds the mode; as three bits. */
  readonly group?: number;
}

/** One path that is not as one resource declares it. */
export interface Difference {
  readonly path: Bytes;
  readonly owner: Owner;
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly keep: Kept;
  readonly reason: string;
  /** Directories above a missing one that are missing too, or are something else: they have to be made before it. */
  readonly above?: readonly Bytes[];
  /** Why it cannot be repaired, where that is so. */
  readonly blocked?: string;
}

/** What one resource wants, field by field put together. */
export function withWanted(one: Wanted, more: Wanted): Wanted {
  if (!one.mode || !more.mode) return { ...one, ...more };
  const mode = { bits: one.mode.bits | more.mode.bits, mask: one.mode.mask | more.mode.mask };
  return { ...one, ...more, mode };
}
