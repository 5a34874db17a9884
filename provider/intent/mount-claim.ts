import type { Bytes } from "../model/bytes";
import type { MountWish } from "../model/mount";
import type { Owner } from "./claim";

/** Something that a resource has mounted in the jail. */
export interface MountClaim {
  readonly by: Owner;
  readonly reason: string;
  /** Below the jail's root. */
  readonly at: Bytes;
  readonly is: MountWish;
}
