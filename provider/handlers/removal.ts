import type { Agent } from "../agent/agent";
import { look } from "../agent/observe";
import { processesOf } from "../agent/processes";
import { unplace } from "../agent/put";
import { clear, moveAway, uproot } from "../agent/removal";
import { scan } from "../agent/scan";
import { planOpening, relax, seal } from "../agent/seal";
import { formatSite, type Site } from "../agent/site";
import { ChrootError } from "../errors";
import { type CreatedType, createdPlaces } from "../intent/created";
import type { RegistryRecord } from "../intent/declaration";
import { globsOf, isAtOrBelow } from "../intent/expected";
import { type FileClaim, isOnHost } from "../intent/file-claim";
import { ancestors, type Bytes, bytesOf, show } from "../model/bytes";
import type { Live } from "../model/entry";
import { waysTo } from "../model/path";
import type { Observation, Sealed } from "../observe/observation";
import { inside } from "../plan/nested";
import { unmountedText } from "../plan/refusals";
import { leftovers, type Ours, type Removal, type Removed, removal } from "../plan/removal";
import { withSubtrees } from "../plan/seal";
import { hotAtOrAbove, isStable, isWithin } from "../plan/zone";
import { kinds } from "../resources/kinds";
import { endRelay } from "./log-socket";
import { unmountAll } from "./mounts";
import { filesOf, type Going, madeBy, removeFromHost } from "./remove";

/** The record of the jail that goes, if all that was made there is to go with it. */
export function jailToRemove({ records, gone }: Going): RegistryRecord | undefined {
  const jails = records.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const [jail] = jails.filter(({ token }) => gone.includes(token));
  const isOnly = jails.every(({ token }) => gone.includes(token));
  return isOnly && jail?.args["onDelete"] === "removeCreated" ? jail : undefined;
}

/**
 * Removes what the resources of a jail have made, on the host first, so that nobody starts the daemon meanwhile. What is where
 * the daemon may write is removed while that is closed; what is left in directories that were made is moved away when they are
 * open again, each by a name that only root can change. Whoever is cut short goes on with what is there: the records go last.
 */
export async function removeJail(agent: Agent, site: Site, jail: RegistryRecord, going: Going): Promise<Removed> {
  const first = await look(agent, site);
  // One of another machine came with a copy of its disk: it says nothing of this one.
  if (!first.records.some(({ token }) => token === jail.token)) return unknown;
  expectMounted(first, site, jail);
  expectNoJail(first, site, jail);
  await expectNobody(agent, site, jail);
  await undoMounts(agent, first, site, jail);
  const looked = first.mounts.length > 0 ? await look(agent, site) : first; // What was below is to be seen now.
  const records = looked.records.filter(({ token }) => !going.gone.includes(token));
  const made = await madeBy(agent, site, { ...going, records: looked.records }, looked.machineId);
  const ours = oursOf(jail, made, records, site);
  const onHost = made.filter(({ at }) => isOnHost(at));
  const leftOnHost = await removeFromHost(agent, site, onHost);

  const excluded = globsOf(jail.args["exclude"] as Record<string, string> | undefined);
  const isExcluded = (path: Bytes) => isAtOrBelow(path, excluded);
  const todo = (entries: Observation["entries"]): Removal =>
    removal(entries, ours, (path) => (isExcluded(path) ? "is excluded by the Jail" : undefined));
  const { entries, closed } = await close(agent, site, jail, looked.entries, todo(looked.entries));
  const isShared = records.length > 0;
  const isRootOurs = ours.get(".") === "directory";
  if (isRootOurs && !isShared) await keepRoot(agent, site, closed);
  const { things, directories, left } = todo(entries);
  const isCertain = (path: Bytes) => isStable(entries, path);
  await clear(agent, site, {
    things: things.filter(isCertain),
    directories: directories.filter(isCertain).filter((path) => path !== "."),
  });
  await unplace(agent);
  await relax(agent, site);

  const { entries: after } = looked.entries.size > 0 ? await scan(agent, site) : looked;
  const rest = isShared ? { moved: [], left: [] } : leftovers(after, ours, isExcluded);
  await moveAway(agent, site, rest.moved);
  const isEmptied = isRootOurs && !isShared && (await uproot(agent, site, above(site, jail)));
  return {
    counts: countsOf(
      ours,
      entries,
      after,
      onHost.filter(({ at }) => !leftOnHost.some(({ path }) => path === at)),
      isEmptied,
    ),
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

/** What a jail has mounted goes, and what would mount it again; whatever else is mounted there is for somebody else to undo. */
async function undoMounts(agent: Agent, looked: Observation, site: Site, jail: RegistryRecord): Promise<void> {
  const own = (jail.mounts ?? []).map(bytesOf);
  const expectNone = (mounts: readonly Bytes[], errors: readonly string[] = []) => {
    const [first, ...more] = mounts;
    if (first === undefined) return;
    const others = more.length > 0 ? ` and ${more.length} more` : "";
    const why = [`something is mounted at ${site.root}/${show(first)}${others}`, ...errors].join("; ");
    throw inUse(site, jail, why, errors.length > 0 ? "end what uses it, or unmount it" : "unmount it");
  };
  expectNone(looked.mounts.filter((at) => !own.includes(at)));
  // That rsyslog cannot be started again must not keep the jail.
  if (jail.relayed) await endRelay(agent, site);
  const errors = await unmountAll(agent, site, own, looked);
  if (looked.mounts.length > 0) expectNone((await scan(agent, site)).mounts, errors);
}

/** What was made is behind a mount that is missing, and would be forgotten. */
function expectMounted({ unmounted: at }: Observation, site: Site, jail: RegistryRecord): void {
  if (at === undefined) return;
  throw inUse(site, jail, unmountedText(at), "mount it");
}

/** What another jail has is not for this one to remove, or to move away. */
function expectNoJail({ nested = [] }: Observation, site: Site, jail: RegistryRecord): void {
  const own = { root: site.root, exclude: jail.args["exclude"] as Record<string, string> | undefined };
  const inner = nested.find(({ args }) => inside(String(args["root"]), own) !== undefined);
  if (inner)
    throw inUse(
      site,
      jail,
      `the jail ${show(bytesOf(String(inner.args["root"])))} (${inner.label}) lies in it`,
      "remove that one",
    );
}

/** A daemon would go on without its files, and put new ones there. */
async function expectNobody(agent: Agent, site: Site, jail: RegistryRecord): Promise<void> {
  const { processes } = await processesOf(agent, site);
  const [first, ...more] = processes;
  if (!first) return;
  const others = more.length > 0 ? `, as ${more.length} more have` : "";
  throw inUse(
    site,
    jail,
    `process ${first.pid} (${show(first.program ?? first.name)}) has it as its root${others}`,
    "stop it",
  );
}

function inUse(site: Site, { label }: RegistryRecord, why: string, first: string): ChrootError {
  const remedy = `${first} first, then run pulumi destroy again`;
  return new ChrootError("refused", { what: `${label} is not removed`, where: formatSite(site), why, remedy });
}

/** What was made there, that nobody declares who stays, by the places as they are shown. */
function oursOf(
  jail: RegistryRecord,
  made: readonly FileClaim[],
  staying: readonly RegistryRecord[],
  site: Site,
): Ours {
  const places = staying.flatMap((record) => [...filesOf(record, site).map(({ at }) => at), ...claimedBy(record)]);
  const needed = new Set(places.flatMap((path) => ["." as Bytes, ...ancestors(path), path]).map(show));
  const all = [
    ...createdPlaces(jail.created ?? {}),
    ...made.filter(({ at }) => !isOnHost(at)).map(({ at, is }) => [is.type, show(at)] as const),
  ];
  return new Map(all.filter(([, path]) => !needed.has(path)).map(([type, path]) => [path, type]));
}

/** Single places that a resource speaks of. */
function claimedBy({ kind, token, label, args }: RegistryRecord): Bytes[] {
  const claims = kinds.get(kind)?.claims({ kind, owner: { token, label }, args }) ?? [];
  return claims.flatMap(({ match }) => match.literal ?? []);
}

/** Closes what the daemon may write in above what is removed, and looks again. */
async function close(
  agent: Agent,
  site: Site,
  jail: RegistryRecord,
  entries: Observation["entries"],
  { things, directories }: Removal,
): Promise<{ entries: ReadonlyMap<Bytes, Live>; closed: Sealed[] }> {
  const tops = hotAtOrAbove(entries, [...things, ...directories]);
  if (tops.length === 0) return { entries, closed: [] };
  const { closed, scanned } = await seal(agent, site, tops, []);
  // Somebody may have started it since.
  await expectNobody(agent, site, jail);
  return { entries: withSubtrees(entries, tops, scanned.entries), closed };
}

/** A root that was the daemon's to write in is root's from now on: what is moved out of it has a name that nobody else can change. */
async function keepRoot(agent: Agent, site: Site, closed: readonly Sealed[]): Promise<void> {
  if (!closed.some(({ path }) => path === ".")) return;
  const opening = closed.map((one) => (one.path === "." ? { ...one, uid: 0, mode: one.mode & ~0o022 } : one));
  await planOpening(agent, site, opening);
}

/** Directories on the way to the root that were made with it, the deepest first. */
function above({ root }: Site, { created }: RegistryRecord): Bytes[] {
  return waysTo(root)
    .filter((path) => created?.directory?.includes(show(path)))
    .reverse();
}

function countsOf(
  ours: Ours,
  before: Observation["entries"],
  after: Observation["entries"],
  onHost: readonly FileClaim[],
  isRootGone: boolean,
): Map<CreatedType, number> {
  const counts = new Map<CreatedType, number>();
  const count = (type: CreatedType) => counts.set(type, (counts.get(type) ?? 0) + 1);
  for (const [path, live] of before)
    if (!after.has(path) || (path === "." && isRootGone))
      if (ours.get(show(path)) === live.type) count(live.type as CreatedType);
  for (const { is } of onHost) count(is.type);
  return counts;
}
