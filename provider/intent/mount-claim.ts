import { type Bytes, utf8Of } from "../model/bytes";
import type { MountWish } from "../model/mount";
import type { Claim } from "./claim";
import { literalGlob } from "./glob/glob";
import type { Owner } from "./owner";

/** A resource's mount in the jail. */
export interface MountClaim {
  readonly by: Owner;
  readonly reason: string;
  /** Below the jail's root. */
  readonly at: Bytes;
  readonly is: MountWish;
}

/** The claim for a mount point: the directories above it, and the mount point itself if it is a directory. */
export function mountPointClaim(
  { at, reason, by }: Pick<MountClaim, "at" | "reason" | "by">,
  presence: Claim["presence"],
): Claim {
  return {
    by,
    match: literalGlob(utf8Of(at)),
    except: [],
    want: {},
    presence,
    tier: "baseline",
    order: 0,
    reason: `the mount goes there: ${reason}`,
  };
}

/** A bind of a directory needs a directory; the host tells which binds have one. */
export function bindPointClaims(claims: readonly MountClaim[]): Claim[] {
  return claims.flatMap((claim) =>
    claim.is.type === "bind" && claim.is.shows === undefined ? [mountPointClaim(claim, "required")] : [],
  );
}
