import { expected, type IdleClaim } from "../intent/expected";
import { type FileClaim, isOnHost } from "../intent/file-claim";
import type { Merged, Refusal } from "../intent/merge";
import type { MountClaim } from "../intent/mount-claim";
import type { Bytes } from "../model/bytes";
import { type Observation, rootOf } from "../observe/observation";
import { withBlocks } from "./blocked";
import { Comparison } from "./compare";
import type { Difference } from "./difference";
import type { First } from "./first";
import { listenDifferences } from "./listening";
import { type Mounting, mountDifferences } from "./mounts";
import { differenceOnHost } from "./on-host";
import { Provided } from "./provided";
import { accounts, adoption, laterRecords, unfit, unique, unmounted } from "./refusals";
import { pruned } from "./undeclared";

/** The comparison of a jail's intent with an observation: what preview shows, what `up` repairs, what an audit reports. */
export interface Plan {
  readonly differences: readonly Difference[];
  readonly refusals: readonly Refusal[];
  /** Entries that no resource declares: worth knowing, no drift. */
  readonly undeclared: Pick<First, "paths" | "count">;
  /** Where something is mounted that no resource declares: left alone, and worth knowing. */
  readonly foreignMounts: readonly Bytes[];
  /** Rules that change nothing: they match no entry, or others override them everywhere. */
  readonly dead: readonly IdleClaim[];
}

/**
 * `isCertain` tells of a path whether nobody but root can make it another file; without it every one counts as that.
 * `files` are what resources put into the jail and onto its host, `mounting` what they mount there; `isSame` tells whether a bind
 * shows its source.
 */
export function plan(
  merged: Merged,
  observation: Observation,
  isCertain: (path: Bytes) => boolean = () => true,
  files: readonly FileClaim[] = [],
  mounting: Mounting & { isSame(claim: MountClaim): boolean } = { claims: [], departed: [], isSame: () => false },
): Plan {
  const expectation = expected(merged.intent);
  const provided = new Provided(files, observation.files);
  const moved = pruned(merged, expectation, observation, provided);
  const comparison = new Comparison(expectation, observation, provided, merged.jail?.owner, moved);
  for (const [path, live] of observation.entries) comparison.entry(path, live);
  for (const [path, claim] of expectation.required) comparison.required(path, claim);
  for (const claim of provided.claims) if (!isOnHost(claim.at)) comparison.provided(claim);
  const onHost = [...provided.claims].flatMap((claim) =>
    isOnHost(claim.at) && observation.files ? (differenceOnHost(claim, provided, observation.files) ?? []) : [],
  );
  // Where nothing is yet no rule can match.
  const dead = rootOf(observation) ? expectation.idle() : [];
  const refusals = unique([
    ...merged.refusals,
    ...adoption(merged, observation),
    ...unmounted(observation),
    ...laterRecords(observation),
    ...accounts(merged, observation),
    ...unfit(merged, observation, comparison.differences.length > 0),
    ...comparison.refusals,
    ...provided.refusals,
  ]);
  const ours = new Set([...mounting.claims, ...mounting.departed].map(({ at }) => at));
  // By path: the order of a scan differs from host to host, and from run to run.
  const differences = comparison.differences.sort((one, other) => byPath(one.path, other.path));
  return {
    differences: [
      ...withBlocks(differences, observation.entries, isCertain),
      ...onHost,
      ...listenDifferences(mounting.listener, mounting.unheard, observation),
      ...mountDifferences(mounting, observation, mounting.isSame),
    ],
    refusals,
    undeclared: merged.jail?.args["undeclared"] === "ignore" ? none : comparison.undeclared,
    foreignMounts: observation.mounts.filter((path) => !ours.has(path)),
    dead,
  };
}

const none = { paths: [], count: 0 };

function byPath(one: Bytes, other: Bytes): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
