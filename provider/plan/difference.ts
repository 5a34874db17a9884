import type { Owner } from "../intent/claim";
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
}

/** One path that is not as one resource declares it. */
export interface Difference {
  readonly path: Bytes;
  readonly owner: Owner;
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly reason: string;
  /** Directories above a missing one that are missing too, or are something else: they have to be made before it. */
  readonly above?: readonly Bytes[];
  /** Why it cannot be repaired, where that is so. */
  readonly blocked?: string;
}
