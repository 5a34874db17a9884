import type { Use } from "../../agent/channel/lease";
import { usesOf } from "../../agent/requests/uses";
import type { Bytes } from "../../model/bytes";
import { type PruneKind, type Uses, usesOfBoth } from "../../observe/uses";
import type { Assessment } from "./assessment";

/** Uses of the entries that a view would move away; undefined where there are none. The host looks again right before it moves them. */
export async function entriesInUse({ plan }: Assessment, use: Use): Promise<Uses | undefined> {
  const away = plan.differences.filter(({ prune, blocked }) => prune !== undefined && blocked === undefined);
  const pathsOf = (kind: PruneKind) => away.filter(({ prune }) => prune === kind).map(({ path }) => path);
  const ask = (kind: PruneKind, paths: readonly Bytes[]) =>
    paths.length === 0 ? undefined : use((agent) => usesOf(agent, kind, paths));
  const [unused, anyway] = await Promise.all([ask("unused", pathsOf("unused")), ask("anyway", pathsOf("anyway"))]);
  if (!anyway) return unused;
  // Entries that pruneAnyway names go even if their use could not be checked.
  const named = { used: anyway.used };
  return unused ? usesOfBoth(named, unused) : named;
}
