import type { Use } from "../../agent/channel/lease";
import { programsOf } from "../../agent/requests/programs";
import type { Bytes } from "../../model/bytes";
import type { Difference } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { byWeight, takesExecute } from "../../plan/weight";
import type { Assessment } from "./assessment";
import { withFlags } from "./flags";

/** Files that are opened for a preview, of all resources of a jail. */
const mostPrograms = 400;

/** Adds for a preview: programs that would no longer be executable, and differences that a flag keeps from being repaired. */
export async function addPreviewDetails(assessment: Assessment, use: Use): Promise<Assessment> {
  const [programs, flagged] = await Promise.all([programsIn(assessment, use), withFlags(assessment, use)]);
  return programs ? { ...flagged, observation: { ...flagged.observation, programs } } : flagged;
}

async function programsIn(assessment: Assessment, use: Use): Promise<ReadonlySet<Bytes> | undefined> {
  const { entries } = assessment.observation;
  // A file that the daemon owns or can replace could make us wait (a lease, a FIFO), and could hold any content.
  const isRoots = ({ path, live }: Difference) => live?.uid === 0 && isStable(entries, path);
  const found = assessment.plan.differences.filter((difference) => takesExecute(difference) && isRoots(difference));
  if (found.length === 0) return undefined;
  const paths = found
    .sort(byWeight)
    .slice(0, mostPrograms)
    .map(({ path }) => path);
  return use((agent) => programsOf(agent, paths));
}
