import type { Use } from "../../agent/channel/lease";
import { programsOf } from "../../agent/requests/programs";
import { agesOf } from "../../agent/requests/times";
import { isOnHost } from "../../intent/file-claim";
import type { Bytes } from "../../model/bytes";
import { isReachable } from "../../plan/blocked";
import type { Difference } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { byWeight, takesExecute } from "../../plan/weight";
import type { Assessment } from "./assessment";
import { pathsWithFlags, withFlags } from "./flags";

/** Files that are opened for a preview, of all resources of a jail. */
const mostPrograms = 400;

/** Paths whose ages are asked for. */
const mostAges = 500;

/**
 * Adds for a preview: programs that would no longer be executable, differences that a flag keeps from being repaired, and how long
 * ago the inodes have changed.
 */
export async function addPreviewDetails(assessment: Assessment, use: Use): Promise<Assessment> {
  const [programs, flagged, ages] = await Promise.all([
    programsIn(assessment, use),
    withFlags(assessment, use),
    agesIn(assessment, use),
  ]);
  if (!programs && !ages) return flagged;
  const details = { ...(programs ? { programs } : {}), ...(ages ? { ages } : {}) };
  return { ...flagged, observation: { ...flagged.observation, ...details } };
}

/** Ages of the worst differences. The question travels with that for flags, and costs no round trip of its own. */
async function agesIn(assessment: Assessment, use: Use): Promise<ReadonlyMap<Bytes, number> | undefined> {
  if (pathsWithFlags(assessment).size === 0) return undefined;
  const found = assessment.plan.differences.filter(isInode).sort(byWeight).slice(0, mostAges);
  if (found.length === 0) return undefined;
  return use((agent) => agesOf(agent, new Map(found.map(({ path, live }) => [path, live?.inode ?? ""]))));
}

/** Whether a difference is about an inode in the jail. */
function isInode({ path, live, mount, fence, silence }: Difference): boolean {
  return live !== undefined && !isOnHost(path) && !mount && !fence && !silence && isReachable(path);
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
