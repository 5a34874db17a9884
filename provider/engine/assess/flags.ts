import type { Use } from "../../agent/channel/lease";
import { flagsOf } from "../../agent/requests/flags";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { isReachable } from "../../plan/blocked";
import type { Difference } from "../../plan/difference";
import { parentOf } from "../../plan/seal/zone";
import { byWeight } from "../../plan/weight";
import type { Assessment } from "./assessment";

/** Differences whose flags are asked for. */
const mostFlags = 500;

/** Adds the differences that cannot be repaired as long as a flag is set. Only paths that differ are asked for. */
export async function withFlags(assessment: Assessment, use: Use): Promise<Assessment> {
  const { differences } = assessment.plan;
  const paths = pathsWithFlags(assessment);
  if (paths.size === 0) return assessment;
  const flags = await use((agent) => flagsOf(agent, [...paths]));
  if (flags.size === 0) return assessment;
  const marked = differences.map((difference) => {
    if (!isChange(difference)) return difference;
    const flag = flaggedPaths(difference).flatMap((path) => flags.get(path) ?? [])[0];
    if (flag === undefined) return difference;
    return { ...difference, blocked: { problem: "flag", flag } as const, isFlagged: true as const };
  });
  return { ...assessment, plan: { ...assessment.plan, differences: marked } };
}

/** The paths whose flags are asked for. */
export function pathsWithFlags({ plan, observation: { entries } }: Assessment): ReadonlySet<Bytes> {
  const paths = new Set<Bytes>();
  for (const difference of plan.differences.filter(isChange).sort(byWeight).slice(0, mostFlags))
    for (const path of flaggedPaths(difference))
      if (canHaveFlags(entries.get(path)) && isReachable(path)) paths.add(path);
  return paths;
}

function isChange({ path, mount, fence, silence, blocked }: Difference): boolean {
  return !path.startsWith("/") && !mount && !fence && !silence && blocked === undefined;
}

/** The entry itself, and its directory if the entry is made, moved or replaced. */
function flaggedPaths({ path, live, want, put }: Difference): Bytes[] {
  const parent = parentOf(path);
  const isSet = live !== undefined && want.type === undefined && !put;
  return isSet || parent === undefined ? [path] : [path, parent];
}

function canHaveFlags(live: Live | undefined): boolean {
  return live?.type === "file" || live?.type === "directory";
}
