import type { Agent } from "../../agent/channel/agent";
import { backupPath, removeFile } from "../../agent/requests/deliver";
import { askFiles } from "../../agent/requests/files";
import { type FileClaim, isOnHost, onHost } from "../../intent/file-claim";
import type { Owner } from "../../intent/owner";
import { declarationOf, hasMade, type RegistryRecord } from "../../intent/registry-record";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { FileFacts } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import { type StayReason, whyOther, whyStays } from "../../plan/contents/departure";
import type { Left } from "../../plan/contents/jail-removal";
import type { Links } from "../../plan/contents/links";
import { type Difference, keepNothing } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { declaredFiles, hostClaimsOfOthers } from "../assess/host-claims";
import type { JailContext } from "../assess/jail-context";
import { look } from "../assess/readable-registries";
import { filesOfRecord, linksOfRecords } from "../assess/resolved-intent";

/** Records of which some are about to go. */
export interface Departure extends Pick<JailContext, "otherJails"> {
  readonly records: readonly RegistryRecord[];
  /** The tokens of the removed resources. */
  readonly gone: readonly string[];
}

/** The end of a deleted resource's files. */
export interface Departed {
  readonly removed: readonly Difference[];
  readonly stays: readonly Stays[];
  readonly observation: Observation;
}

/** The reason for a removal, in the list of repairs. */
const deleted = "its resource is deleted";

/** A file that stays although its resource is deleted. */
interface Stays {
  readonly path: Bytes;
  readonly why: StayReason;
  /** The copy of the content that was replaced last there. */
  readonly backup?: Bytes;
}

/**
 * Removes the files that a deleted resource has put where none were before: files or links that still have their type, that no
 * other resource declares, and whose names only root can change. Files that go with their jail stay: the jail is left as it is.
 */
export async function removeMadeThings(agent: Agent, going: Departure): Promise<Departed | undefined> {
  const { site } = agent;
  const [record, ...more] = going.records.filter(({ token }) => going.gone.includes(token));
  if (!record || more.length > 0 || declaredFiles(declarationOf(record), site.root).length === 0) return undefined;
  const { documents: _, ...observation } = await look(agent);
  const { entries } = observation;
  // While all resources are declared: a link may go with the file that its path leads to.
  const links = await linksOfRecords(going.records, observation, { site, use: (ask) => ask(agent) });
  const claims = filesOfRecord(record, site, links);
  const rivals = await rivalsOf(agent, claims, going, { machineId: observation.machineId, links });
  const backupOf = ({ at }: FileClaim) => backupPath(site.root, record.token, at);
  const linksInJail = claims.filter(({ at, is }) => !isOnHost(at) && is.type === "link");
  const targets = linksInJail.map(({ at }) => onHost(site.root, at));
  const places = [...hostPlaces(claims), ...targets, ...claims.map(backupOf)];
  const facts = await askFiles(agent, { contents: [], places });
  const removed: Difference[] = [];
  const stays: Stays[] = [];
  // The link on the host first: it points to the file.
  for (const claim of [...claims].reverse()) {
    const { at: path } = claim;
    const { unsafe, live } = isOnHost(path)
      ? (facts.places.get(path) ?? {})
      : inTheJail(path, site.root, entries, facts);
    if (live === undefined) continue;
    const isMade = hasMade(record, path);
    const isCertain = isOnHost(path) || isStable(entries, path);
    const why =
      whyStays(claim, { live, isMade, isCertain, rival: rivals.get(path) }) ??
      (unsafe && ({ is: "unsafe", problem: unsafe } as const));
    if (why === undefined) {
      await removeFile(agent, path);
      removed.push({ path, owner: claim.by, live, want: { type: "absent" }, keep: keepNothing, reason: deleted });
    } else {
      const isKept = why.is === "there before" && facts.places.get(backupOf(claim))?.live !== undefined;
      stays.push({ path, why, ...(isKept ? { backup: backupOf(claim) } : {}) });
    }
  }
  return { removed, stays, observation };
}

/** The entry at a path in the jail; of a link with its target, which not every scan tells. */
function inTheJail(
  path: Bytes,
  root: string,
  entries: Observation["entries"],
  { places }: FileFacts,
): { unsafe?: undefined; live?: Live } {
  const live = entries.get(path);
  const now = places.get(onHost(root, path))?.live;
  if (!live) return {};
  return { live: now?.inode === live.inode && now.target !== undefined ? { ...live, target: now.target } : live };
}

/** The files that the removed resources have put where none were before, and that no other resource declares. */
export async function madeFiles(agent: Agent, going: Departure, machineId: string, links: Links): Promise<FileClaim[]> {
  const { records, gone } = going;
  const made = records
    .filter(({ token }) => gone.includes(token))
    .flatMap((record) => filesOfRecord(record, agent.site, links).filter(({ at }) => hasMade(record, at)));
  const rivals = await rivalsOf(agent, made, going, { machineId, links });
  return made.filter(({ at }) => !rivals.has(at));
}

/** The places of files that remaining resources declare, too. */
async function rivalsOf(
  agent: Agent,
  files: readonly FileClaim[],
  { records, gone, otherJails }: Departure,
  { machineId, links }: { readonly machineId: string; readonly links: Links },
): Promise<ReadonlyMap<Bytes, Owner>> {
  const { site } = agent;
  const staying = records.filter(({ token }) => !gone.includes(token));
  const own = staying.flatMap((record) => filesOfRecord(record, site, links));
  const stack = records.find(({ token }) => gone.includes(token))?.stack;
  // A launcher that now belongs to another jail is the same file.
  const beside = files.some(({ at }) => isOnHost(at))
    ? await hostClaimsOfOthers(agent, { site, stack, machineId, otherJails })
    : [];
  return new Map([...own, ...beside.map(({ claim }) => claim)].map(({ at, by }) => [at, by]));
}

/** Removes files and links on the host, and says which of them are there still. */
export async function removeFromHost(agent: Agent, made: readonly FileClaim[]): Promise<Left[]> {
  const claims = made.filter(({ at }) => isOnHost(at)).reverse();
  const facts = await askFiles(agent, { contents: [], places: hostPlaces(claims) });
  const left: Left[] = [];
  for (const claim of claims) {
    const { at } = claim;
    const { unsafe, live } = facts.places.get(at) ?? {};
    if (live === undefined) continue;
    const why = unsafe ? ({ is: "unsafe", problem: unsafe } as const) : whyOther(claim, live);
    if (why === undefined) await removeFile(agent, at);
    else left.push({ path: at, why });
  }
  return left;
}

function hostPlaces(claims: readonly FileClaim[]): Bytes[] {
  return claims.map(({ at }) => at).filter(isOnHost);
}
