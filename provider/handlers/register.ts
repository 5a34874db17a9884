import { dropRecords, putRecords } from "../agent/apply";
import type { Requests } from "../agent/chain";
import type { Site } from "../agent/site";
import { sameOwner } from "../intent/claim";
import { type Declaration, type RegistryRecord, succeed, toRecord } from "../intent/declaration";
import { isOnHost } from "../intent/file-claim";
import type { ProgramView } from "../intent/merge";
import { bytesOf, show, utf8Of } from "../model/bytes";
import type { JailInputs } from "../resources/jail/args";
import { logMounts } from "../resources/jail/log-socket";
import { kinds } from "../resources/kinds";
import type { Job } from "./converge";
import { noteCreated } from "./created";
import { launchesOf } from "./launches";
import { fragmentPlace } from "./log-socket";
import { placesOf } from "./neighbours";
import { isEqual } from "./values";
import { differencesOf, type View } from "./view";

/**
 * Records come first: from then on the resources are known, and whatever is cut short the next run finishes. What is sent after
 * them, in the same chain, is not done where they cannot be written.
 */
export function register(
  to: Requests,
  site: Site,
  program: ProgramView,
  jobs: readonly Job[],
  before: View,
): { records: RegistryRecord[]; written: Promise<unknown> } {
  const { records, machineId } = before.observation;
  const declared = jobs.map(({ declaration, putter, isStale }) => {
    const record = toRecord(declaration, declaration.owner.token ?? "", program.stack ?? "", machineId, records);
    const puts = differencesOf(before, declaration.owner).filter(({ put }) => put !== undefined);
    const last = records.find(({ token }) => token === record.token);
    // What a Jail has put there the jail's record notes. A link on the host is ours whatever stood there before: it points to
    // the file, which goes with it.
    const own = kinds.get(declaration.kind)?.declaresJail ? [] : puts;
    const fresh = own.filter(({ path, live, put }) => !live || (isOnHost(path) && put?.claim.is.type === "link"));
    const made = [
      ...(last?.made ?? []),
      ...inherited(declaration, site, records),
      ...fresh.map(({ path }) => show(path)),
    ];
    const isPending = putter.commands.onChange !== undefined && (puts.length > 0 || isStale || last?.pending === true);
    const uid = startedUid(before, declaration, site);
    const mounts = mountsOf(declaration, last, before);
    return {
      ...record,
      ...(mounts.length > 0 ? { mounts } : {}),
      ...(isRelayed(declaration, last, before, site) ? { relayed: true as const } : {}),
      ...(isUnproved(declaration, last, before) ? { unproved: true as const } : {}),
      ...(uid === undefined ? {} : { uid }),
      ...(made.length > 0 ? { made: [...new Set(made)] } : {}),
      ...(isPending ? { pending: true as const } : {}),
    };
  });
  const written = noteCreated(declared, before, jobs, site);
  const succeeded = succeed(records, written);
  // One that is being replaced has its files until it is deleted, which takes them away.
  const isHeld = ({ label, made = [] }: RegistryRecord) =>
    made.some((at) => !written.some((next) => next.label === label && next.made?.includes(at)));
  const stale = succeeded.stale.filter((record) => !isHeld(record));
  const kept = [...succeeded.kept, ...succeeded.stale.filter(isHeld)];
  // One that is there as it is to be needs no writing: most of what is converged has only drifted.
  const there = new Set(records.map((record) => JSON.stringify(record)));
  const fresh = written.filter((record) => !there.has(JSON.stringify(record)));
  const tokens = stale.map(({ token }) => token);
  return {
    records: [...kept, ...written],
    written: Promise.all([putRecords(to, site, fresh), dropRecords(to, site, tokens)]),
  };
}

/** What another resource of the registry has made where this one puts its files now: it was renamed, or its state was lost. */
function inherited({ kind, owner, args }: Declaration, site: Site, records: readonly RegistryRecord[]): string[] {
  const made = new Set(records.flatMap(({ made: of = [] }) => of));
  return placesOf({ kind, owner, args }, site.root)
    .map(({ at }) => show(at))
    .filter((at) => made.has(at));
}

/** Where something is mounted, or about to be; and what was declared before, until it is unmounted. */
function mountsOf(
  { args, owner }: Declaration,
  last: RegistryRecord | undefined,
  { observation: { mounts } }: View,
): string[] {
  const { mounts: durable = {}, logSocket } = args as Partial<JailInputs>;
  const sockets = logMounts(logSocket, owner).map(({ at }) => utf8Of(at));
  const declared = [...Object.keys(durable), ...sockets];
  const left = (last?.mounts ?? []).filter((path) => mounts.includes(bytesOf(path)));
  return [...new Set([...declared, ...left])];
}

/** Whether the host's rsyslog knows of the jail, or is about to. */
function isRelayed(
  { args }: Declaration,
  last: RegistryRecord | undefined,
  { observation: { files } }: View,
  { root }: Site,
): boolean {
  if ((args as Partial<JailInputs>).logSocket?.from === "syslog") return true;
  return last?.relayed === true && files?.places.get(fragmentPlace(root))?.live !== undefined;
}

/** Whether a line has to come out of its log socket first. */
function isUnproved({ args, owner }: Declaration, last: RegistryRecord | undefined, before: View): boolean {
  const { logSocket } = args as Partial<JailInputs>;
  if (!logSocket) return false;
  const isChanged = differencesOf(before, owner).some(({ silence, mount }) => silence ?? mount);
  return isChanged || last?.unproved === true || !isEqual(last?.args["logSocket"], logSocket);
}

function startedUid({ merged, observation }: View, { owner }: Declaration, { root }: Site): number | undefined {
  const launched = launchesOf(merged, observation.principals, root);
  return launched.find(({ by }) => sameOwner(by.owner, owner))?.launch.uid;
}
