import type { Agent } from "../../agent/channel/agent";
import { removeStaged } from "../../agent/requests/deliver";
import { processesOf } from "../../agent/requests/processes";
import { quarantinePaths, removeEntries, uproot } from "../../agent/requests/removal";
import { scan } from "../../agent/requests/scan";
import { planOpening, relax, seal } from "../../agent/requests/seal";
import { formatSite, type Site } from "../../agent/site";
import { ChrootError } from "../../errors";
import { type CreatedType, createdPlaces } from "../../intent/created";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import { globsOf, isAtOrBelow } from "../../intent/glob/glob";
import type { JailIntent } from "../../intent/jail-intent";
import { declarationOf, type RegistryRecord } from "../../intent/registry-record";
import { type Bytes, bytesOf, show, showRemote } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { ancestors, directoriesAbove } from "../../model/path";
import type { Observation, Sealed } from "../../observe/observation";
import { pathInsideJail } from "../../plan/checks/nested-jails";
import { uncheckedProcesses } from "../../plan/checks/processes";
import { leftovers, type Ours, planRemoval, type Removal, type Removed } from "../../plan/contents/jail-removal";
import type { Links } from "../../plan/contents/links";
import { withSubtrees } from "../../plan/seal/seal";
import { hotAtOrAbove, isStable, isWithin } from "../../plan/seal/zone";
import { findingText } from "../../render/text/findings/finding-text";
import { unmountedText } from "../../render/text/findings/refusals";
import { unreadText } from "../../render/text/findings/unread";
import { kinds } from "../../resources/kinds";
import { look } from "../assess/readable-registries";
import { filesOfRecord, linksOfRecords } from "../assess/resolved-intent";
import { stopRelay } from "../converge/log-relay";
import { unmountAll } from "../converge/mount-changes";
import { type Departure, madeFiles, removeFromHost } from "./made-things";

/** The record of the jail to remove, if everything that was made there is to be removed with it. */
export function jailToRemove({ records, gone }: Departure): RegistryRecord | undefined {
  const jails = records.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const [jail] = jails.filter(({ token }) => gone.includes(token));
  const isOnly = jails.every(({ token }) => gone.includes(token));
  return isOnly && jail && intentOf(jail)?.isRemoved ? jail : undefined;
}

/**
 * Removes what a jail's resources have made, on the host first, so that the daemon is not started meanwhile. Files where the
 * daemon may write are removed while its directories are closed. The rest in directories that were made is moved away after
 * they are open again, each by a name that only root can change. An interrupted removal continues with the files still there:
 * the records go last.
 */
export async function removeJail(agent: Agent, jail: RegistryRecord, going: Departure): Promise<Removed> {
  const { site } = agent;
  const first = await look(agent);
  // A record of another machine came with a copy of its disk: it says nothing of this machine.
  if (!first.records.some(({ token }) => token === jail.token)) return unknown;
  expectMounted(first, site, jail);
  expectNoJail(first, site, jail);
  await expectNobody(agent, jail);
  await undoMounts(agent, first, jail);
  const looked = first.mounts.length > 0 ? await look(agent) : first; // The unmount has uncovered entries.
  expectSeen(looked, site, jail);
  const records = looked.records.filter(({ token }) => !going.gone.includes(token));
  const { documents: _, ...observation } = looked;
  const links = await linksOfRecords(looked.records, observation, { site, use: (ask) => ask(agent) });
  const made = await madeFiles(agent, { ...going, records: looked.records }, looked.machineId, links);
  const ours = oursOf(jail, made, neededBy(records, site, links));
  const onHost = made.filter(({ at }) => isOnHost(at));
  const leftOnHost = await removeFromHost(agent, onHost);

  const excluded = globsOf(intentOf(jail)?.exclude).map((glob) => links.glob(glob, false));
  const isExcluded = (path: Bytes) => isAtOrBelow(path, excluded);
  const removalOf = (entries: Observation["entries"]): Removal => planRemoval(entries, ours, isExcluded);
  const { entries, closed } = await close(agent, jail, looked.entries, removalOf(looked.entries));
  const isShared = records.length > 0;
  const isRootOurs = ours.get(".") === "directory";
  if (isRootOurs && !isShared) await keepRoot(agent, closed);
  const { leaves, directories, left } = removalOf(entries);
  const isCertain = (path: Bytes) => isStable(entries, path);
  await removeEntries(agent, {
    leaves: leaves.filter(isCertain),
    directories: directories.filter(isCertain).filter((path) => path !== "."),
  });
  await removeStaged(agent);
  await relax(agent);

  const { entries: after } = looked.entries.size > 0 ? await scan(agent) : looked;
  const rest = isShared ? { moved: [], left: [] } : leftovers(after, ours, isExcluded);
  await quarantinePaths(agent, rest.moved);
  const isEmptied = isRootOurs && !isShared && (await uproot(agent, above(site, jail)));
  const isGone = (path: Bytes) => !after.has(path) || (path === "." && isEmptied);
  const gone = [...entries].flatMap(([path, { type }]) =>
    isGone(path) && ours.get(show(path)) === type ? [type as CreatedType] : [],
  );
  const goneOnHost = onHost.flatMap(({ at, is }) => (leftOnHost.some(({ path }) => path === at) ? [] : [is.type]));
  return {
    counts: countTypes([...gone, ...goneOnHost]),
    left: [...leftOnHost, ...left.filter(({ path }) => !isWithin(path, rest.moved)), ...rest.left],
    moved: rest.moved,
    isRootLeft: isRootOurs && !isShared && !isEmptied,
    isUnknown: jail.created === undefined,
    isShared,
  };
}

const unknown: Removed = {
  counts: new Map(),
  left: [],
  moved: [],
  isRootLeft: false,
  isUnknown: true,
  isShared: false,
};

/** Unmounts a jail's mounts and removes the files that would mount them again. Other mounts in it are left to their owners. */
async function undoMounts(agent: Agent, looked: Observation, jail: RegistryRecord): Promise<void> {
  const { site } = agent;
  const own = (jail.mounts ?? []).map(bytesOf);
  const expectNone = (mounts: readonly Bytes[], errors: readonly string[] = []) => {
    const [first, ...more] = mounts;
    if (first === undefined) return;
    const others = more.length > 0 ? ` and ${more.length} more` : "";
    const why = [`something is mounted at ${site.root}/${show(first)}${others}`, ...errors].join("; ");
    throw inUse(site, jail, why, errors.length > 0 ? "end the processes that use it, or unmount it" : "unmount it");
  };
  expectNone(looked.mounts.filter((at) => !own.includes(at)));
  // A failing restart of rsyslog must not keep the jail from being removed.
  if (jail.relayed) await stopRelay(agent);
  const errors = await unmountAll(agent, own, looked);
  if (looked.mounts.length > 0) expectNone((await scan(agent)).mounts, errors);
}

/** Fails where a mount is missing that hides made files: they would be forgotten. */
function expectMounted({ unmounted: at }: Observation, site: Site, jail: RegistryRecord): void {
  if (at !== undefined) throw inUse(site, jail, unmountedText(at), "mount it");
}

/** A place that the look passed over may hold anything: the jail is not removed. */
function expectSeen({ unseen = [] }: Observation, site: Site, jail: RegistryRecord): void {
  const [first] = unseen;
  if (first)
    throw inUse(site, jail, `${show(first.at)} is not looked at: ${unreadText(first.why)}`, "correct that on the host");
}

function intentOf(record: RegistryRecord): JailIntent | undefined {
  return kinds.get(record.kind)?.jailIntent?.(declarationOf(record));
}

/** Fails where another jail lies in this one: its files must not be removed or moved away. */
function expectNoJail({ nested = [] }: Observation, site: Site, jail: RegistryRecord): void {
  const own = { root: site.root, exclude: intentOf(jail)?.exclude };
  const others = nested.map((record) => ({ label: record.label, root: intentOf(record)?.root ?? "" }));
  const inner = others.find(({ root }) => pathInsideJail(root, own) !== undefined);
  if (inner)
    throw inUse(site, jail, `the jail ${show(bytesOf(inner.root))} (${inner.label}) lies in it`, "remove that one");
}

/** A daemon would go on without its files, and put new ones there. */
async function expectNobody(agent: Agent, jail: RegistryRecord): Promise<void> {
  const { site } = agent;
  const running = await processesOf(agent);
  const [first, ...more] = running.processes;
  const unchecked = uncheckedProcesses(running);
  if (!first && running.blind !== undefined) {
    const way = 'or set onDelete: "keep" with pulumi up, delete it, and remove its files yourself';
    throw notRemoved(
      site,
      jail,
      `it is unknown whether a process has it as its root: ${showRemote(running.blind)}`,
      way,
    );
  }
  if (!first && unchecked) throw inUse(site, jail, findingText(unchecked), "stop its daemon");
  if (!first) return;
  const others = more.length > 0 ? `, as ${more.length} more have` : "";
  throw inUse(
    site,
    jail,
    `process ${first.pid} (${show(first.program ?? first.name)}) has it as its root${others}`,
    "stop it",
  );
}

function inUse(site: Site, jail: RegistryRecord, why: string, first: string): ChrootError {
  return notRemoved(site, jail, why, `${first} first, then run pulumi destroy again`);
}

function notRemoved(site: Site, { label }: RegistryRecord, why: string, remedy: string): ChrootError {
  return new ChrootError("refused", { what: `${label} is not removed`, where: formatSite(site), why, remedy });
}

/** The files made there that no remaining resource declares, by the paths shown to users. */
function oursOf(jail: RegistryRecord, made: readonly FileClaim[], needed: ReadonlySet<string>): Ours {
  const all = [
    ...createdPlaces(jail.created ?? {}),
    ...made.filter(({ at }) => !isOnHost(at)).map(({ at, is }) => [is.type, show(at)] as const),
  ];
  return new Map(all.filter(([, path]) => !needed.has(path)).map(([type, path]) => [path, type]));
}

/** The places of records that stay, with the directories above them. */
function neededBy(staying: readonly RegistryRecord[], site: Site, links: Links): Set<string> {
  const places = staying.flatMap((record) => [
    ...filesOfRecord(record, site, links).map(({ at }) => at),
    ...claimedBy(record, links),
  ]);
  return new Set(places.flatMap((path) => ["." as Bytes, ...ancestors(path), path]).map(show));
}

/** The single paths that a resource names. */
function claimedBy({ kind, token, label, args }: RegistryRecord, links: Links): Bytes[] {
  const claims = kinds.get(kind)?.claims({ kind, owner: { token, label }, args }) ?? [];
  return links.intent({ claims, exclude: [] }).claims.flatMap(({ match }) => match.literal ?? []);
}

/** Closes the daemon's writable directories above the removed files, and looks again. */
async function close(
  agent: Agent,
  jail: RegistryRecord,
  entries: Observation["entries"],
  { leaves, directories }: Removal,
): Promise<{ entries: ReadonlyMap<Bytes, Live>; closed: Sealed[] }> {
  const tops = hotAtOrAbove(entries, [...leaves, ...directories]);
  if (tops.length === 0) return { entries, closed: [] };
  const { closed, scanned } = await seal(agent, tops, []);
  // The daemon may have been started since.
  await expectNobody(agent, jail);
  return { entries: withSubtrees(entries, tops, scanned.entries), closed };
}

/** Makes root the owner of a root that the daemon could write in, so that only root can change the names of moved entries. */
async function keepRoot(agent: Agent, closed: readonly Sealed[]): Promise<void> {
  if (!closed.some(({ path }) => path === ".")) return;
  const opening = closed.map((sealed) =>
    sealed.path === "." ? { ...sealed, uid: 0, mode: sealed.mode & ~0o022 } : sealed,
  );
  await planOpening(agent, opening);
}

/** Directories on the way to the root that were made with it, the deepest first. */
function above({ root }: Site, { created }: RegistryRecord): Bytes[] {
  return directoriesAbove(root)
    .filter((path) => created?.directory?.includes(show(path)))
    .reverse();
}

function countTypes(types: readonly CreatedType[]): Map<CreatedType, number> {
  const counts = new Map<CreatedType, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
