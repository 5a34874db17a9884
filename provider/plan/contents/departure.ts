import type { FileClaim } from "../../intent/file-claim";
import type { Owner } from "../../intent/owner";
import type { Live } from "../../model/entry";
import type { LeftReason } from "./jail-removal";

/** Why a file stays although its resource is deleted. */
export type StayReason =
  | LeftReason
  | { readonly is: "there before"; readonly owner: Owner }
  | { readonly is: "declared"; readonly by: Owner };

/** Facts about the place of a file whose resource is deleted. */
interface Place {
  readonly live: Live;
  /** The resource has put the file where nothing was before. */
  readonly isMade: boolean;
  /** Only root can change the name. */
  readonly isCertain: boolean;
  /** Another resource that declares the place. */
  readonly rival?: Owner | undefined;
}

/** The first reason against removing a file together with its resource; undefined where it goes. */
export function whyStays(claim: FileClaim, { live, isMade, isCertain, rival }: Place): StayReason | undefined {
  if (rival) return { is: "declared", by: rival };
  if (!isCertain) return { is: "writable" };
  return isMade ? whyOther(claim, live) : { is: "there before", owner: claim.by };
}

/** Why an entry is not the one that was made for a claim. The content does not count. */
export function whyOther({ is }: FileClaim, live: Live): LeftReason | undefined {
  if (live.type !== is.type) return { is: "other type", live: live.type, made: is.type };
  return is.type === "link" && live.target !== is.target ? { is: "replaced", live: live.type } : undefined;
}
