import { expected } from "../intent/expected";
import type { Merged, Refusal } from "../intent/merge";
import type { Bytes } from "../model/bytes";
import type { Observation } from "../observe/observation";
import { Comparison } from "./compare";
import type { Difference } from "./difference";
import { withHardLinks } from "./hard-links";
import { accounts, adoption, laterRecords, unique } from "./refusals";

/** The comparison of a jail's intent with an observation: what preview shows, what `up` repairs, what an audit reports. */
export interface Plan {
  readonly differences: readonly Difference[];
  readonly refusals: readonly Refusal[];
  /** Entries that no resource declares: worth knowing, no drift. */
  readonly undeclared: readonly Bytes[];
}

export function plan(merged: Merged, observation: Observation): Plan {
  const comparison = new Comparison(expected(merged.intent), observation);
  for (const [path, live] of observation.entries) comparison.entry(path, live);
  for (const [path, claim] of comparison.expectation.required) comparison.required(path, claim);
  const refusals = unique([
    ...merged.refusals,
    ...adoption(merged, observation),
    ...laterRecords(observation),
    ...accounts(merged, observation),
    ...comparison.refusals,
  ]);
  // By path: the order of a scan differs from host to host, and from run to run.
  const differences = comparison.differences.sort((one, other) => byPath(one.path, other.path));
  const undeclared = comparison.undeclared.sort(byPath);
  return { differences: withHardLinks(differences, observation), refusals, undeclared };
}

function byPath(one: Bytes, other: Bytes): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
