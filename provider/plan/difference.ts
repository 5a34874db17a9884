import type { Owner } from "../intent/claim";
import type { FileClaim } from "../intent/file-claim";
import type { Acl } from "../model/acl";
import type { Bytes } from "../model/bytes";
import type { DeviceType } from "../model/device";
import type { Digest } from "../model/digest";
import type { Live } from "../model/entry";
import type { Mode } from "../model/mode";
import type { LiveContent } from "../observe/files";
import type { Silence } from "./listening";
import type { FenceChange, MountChange } from "./mounts";

/** What one resource wants of one path: only the fields that it wrote last. */
export interface Wanted {
  readonly type?: "directory" | "file" | "link" | DeviceType | "absent";
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

/** Of what no chown takes anything from. */
export const keepNothing: Kept = { special: 0, capabilities: "" };

/** A file, a link or a device that has to be put in place, whole. */
export interface Put {
  readonly claim: FileClaim;
  /** The content that is declared; of a link none. */
  readonly want?: Digest;
  /** The content that is there. */
  readonly live?: LiveContent;
}

/** One path that is not as one resource declares it. */
export interface Difference {
  /** In the jail; with a "/" first, on its host. */
  readonly path: Bytes;
  readonly owner: Owner;
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly keep: Kept;
  readonly reason: string;
  readonly put?: Put;
  /** Of a device that is there, which one it is; `major:minor`. */
  readonly device?: string;
  /** Of a directory that is moved away, how many entries go with it. */
  readonly below?: number;
  /** Something that is mounted, or is to be. */
  readonly mount?: MountChange;
  /** Nobody listens at the log socket, or somebody does who should not any more. */
  readonly silence?: Silence;
  /** The jail's lines in the host's fstab. */
  readonly fence?: FenceChange;
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
