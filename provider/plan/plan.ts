import { expected, type IdleClaim } from "../intent/expected";
import type { Merged, Refusal } from "../intent/merge";
import type { Bytes } from "../model/bytes";
import { type Observation, rootOf } from "../observe/observation";
import { withBlocks } from "./blocked";
import { Comparison } from "./compare";
import type { Difference } from "./difference";
import type { First } from "./first";
import { accounts, adoption, laterRecords, unique } from "./refusals";

/** The comparison of a jail's intent with an observation: what preview shows, what `up` repairs, what an audit reports. */
export interface Plan {
  readonly differences: readonly Difference[];
  readonly refusals: readonly Refusal[];
  /** Entries that no resource declares: worth knowing, no drift. */
  readonly undeclared: Pick<First, "paths" | "count">;
  /** Rules that change nothing: they match no entry, or others override them everywhere. */
  readonly dead: readonly IdleClaim[];
}

/** `isCertain` tells of a path whether nobody but root can make it another file; without it every one counts as that. */
export function plan(merged: Merged, observation: Observation, isCertain: (path: Bytes) => boolean = () => true): Plan {
  const expectation = expected(merged.intent);
  const comparison = new Comparison(expectation, observation);
  for (const [path, live] of observation.entries) comparison.entry(path, live);
  for (const [path, claim] of expectation.required) comparison.required(path, claim);
  // Where nothing is yet no rule can match.
  const dead = rootOf(observation) ? expectation.idle() : [];
  const refusals = unique([
    ...merged.refusals,
    ...adoption(merged, observation),
    ...laterRecords(observation),
    ...accounts(merged, observation),
    ...comparison.refusals,
  ]);
  // By path: the order of a scan differs from host to host, and from run to run.
  const differences = comparison.differences.sort((one, other) => byPath(one.path, other.path));
  return {
    differences: withBlocks(differences, observation.entries, isCertain),
    refusals,
    undeclared: comparison.undeclared,
    dead,
  };
}

function byPath(one: Bytes, other: Bytes): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
