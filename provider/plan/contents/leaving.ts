import type { Expectation } from "../../intent/expectation";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import type { Bytes } from "../../model/bytes";
import { ancestors } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { staysCold } from "../seal/stays-cold";
import { type StayReason, whyStays } from "./departure";
import type { Provided } from "./provided";
import type { Pruned } from "./prune";

/** A file in the jail of a resource that the program has dropped. */
export interface LeavingFile {
  readonly claim: FileClaim;
  /** The resource has put it where nothing was before. */
  readonly isMade: boolean;
}

/** Such a file, and why it stays; without a reason the deletion of its resource removes it. */
export interface Leaving extends LeavingFile {
  readonly why?: StayReason;
}

/**
 * Foretells what the deletion of dropped resources does with their files in the jail, once everything is as declared. Files that
 * another resource declares, and files that are moved away, are not among them.
 */
export function leavingFiles(
  files: readonly LeavingFile[],
  expectation: Expectation,
  observation: Observation,
  { provided, pruned }: { readonly provided: Provided; readonly pruned: Pruned | undefined },
): Leaving[] {
  const isMoved = (path: Bytes) => {
    const top = pruned?.tops.get(path);
    return pruned?.isBelow(path) || (top !== undefined && top.blocked === undefined);
  };
  const isCold = (path: Bytes) => staysCold(path, expectation, observation);
  return files.flatMap((file) => {
    const { claim, isMade } = file;
    const { at } = claim;
    const live = provided.told(at, observation.entries.get(at));
    if (isOnHost(at) || !live || provided.at(at) || isMoved(at)) return [];
    const isCertain = ["." as Bytes, ...ancestors(at)].every(isCold);
    const why = whyStays(claim, { live, isMade, isCertain });
    return [{ ...file, ...(why === undefined ? {} : { why }) }];
  });
}
