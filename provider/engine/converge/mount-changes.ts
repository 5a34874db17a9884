import type { Agent } from "../../agent/channel/agent";
import { removeFile } from "../../agent/requests/deliver";
import { applyMounts, reloadUnits, writeFence } from "../../agent/requests/mounts";
import { type Scanned, scan } from "../../agent/requests/scan";
import { type Owner, sameOwner } from "../../intent/owner";
import { type Bytes, fromWire } from "../../model/bytes";
import { depthOf } from "../../model/path";
import type { Observation } from "../../observe/observation";
import type { Assessment } from "../assess/assessment";
import { tmpfilesFragmentPath } from "../assess/mount-boot";
import type { KnownMounts } from "../assess/mounts";
import { startRelays, stopRelay } from "./log-relay";

/** The mounts after a change, and the paths that an unmount has uncovered. */
interface Remounted extends Pick<Scanned, "mounts" | "mounted" | "entries"> {
  readonly uncovered: readonly Bytes[];
  readonly errors: readonly string[];
}

/**
 * Changes the mounts of some owners, the listener in their jail, and the files that mount them when the host starts; and looks
 * again. Undefined where no change is needed.
 */
export async function changeMounts(
  agent: Agent,
  { plan, observation }: Assessment,
  owners: readonly Owner[],
  known: KnownMounts,
): Promise<Remounted | undefined> {
  const own = plan.differences.filter(({ owner }) => owners.some((chosen) => sameOwner(chosen, owner)));
  const changes = own.flatMap(({ mount }) => mount ?? []);
  const fences = own.flatMap(({ fence }) => fence ?? []);
  const silences = own.filter(({ silence }) => silence !== undefined);
  if (changes.length + fences.length + silences.length === 0) return undefined;
  // rsyslog removes the name of its socket when it ends, and needs the name when it begins.
  const isLeaving = silences.some(({ silence }) => silence?.of === "departed");
  const left = isLeaving ? await stopRelay(agent) : [];
  const sent = Promise.all([
    // The boot files come first: if the run is killed, the host mounts as declared at its next start.
    ...fences.map(({ want }) => writeFence(agent, want)),
    applyMounts(agent, changes, observation.principals),
    ...(changes.length > 0 ? [reloadUnits(agent)] : []),
    startRelays(agent, silences),
  ]);
  // The host serves requests in order: a request sent now runs after the changes.
  const uncovered = changes.flatMap(({ at, how }) => (how === "unmount" ? [at] : []));
  const [errors, { mounts, mounted, entries }] = await Promise.all([
    sent,
    scan(agent, uncovered.length > 0 ? { below: uncovered } : { at: [] }),
    known.renew(agent),
  ]);
  return { mounts, mounted, entries, uncovered, errors: [...left, ...errors.flat()] };
}

/** Unmounts a jail's mounts and removes the files that would mount them again. */
export async function unmountAll(
  agent: Agent,
  paths: readonly Bytes[],
  { principals, hasSystemd }: Observation,
): Promise<string[]> {
  const changes = [...paths].sort((one, other) => depthOf(other) - depthOf(one));
  if (paths.length > 0 && hasSystemd !== true) await writeFence(agent, fromWire(""));
  await removeFile(agent, tmpfilesFragmentPath(agent.site.root));
  const errors = await applyMounts(
    agent,
    // The file that a socket was bound on goes with the other made files.
    changes.map((at) => ({ at, how: "unmount", isOnOthers: true })),
    principals,
  );
  return [...errors, ...(paths.length > 0 ? await reloadUnits(agent) : [])];
}
