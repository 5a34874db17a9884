import type { Agent } from "../../agent/channel/agent";
import { removeFile } from "../../agent/requests/deliver";
import { askFiles } from "../../agent/requests/files";
import type { Site } from "../../agent/site";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import type { RegistryRecord } from "../../intent/registry-record";
import { show } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { Links } from "../../plan/contents/links";
import type { Left } from "../../plan/contents/removal";
import { isStable } from "../../plan/seal/zone";
import { declaredFiles, hostClaimsOfOthers } from "../assess/host-claims";
import type { JailContext } from "../assess/jail-context";
import { look } from "../assess/readable-records";
import { followLinks, linksOfRecords } from "../assess/resolved-intent";

/** Records of which some are about to go. */
export interface Departure extends Pick<JailContext, "otherJails"> {
  readonly records: readonly RegistryRecord[];
  /** The tokens of the removed resources. */
  readonly gone: readonly string[];
}

/**
 * Removes the files that a deleted resource has put where none were before: files or links that still have their type, that no
 * other resource declares, and whose names only root can change. Files that go with their jail stay: the jail is left as it is.
 */
export async function removeMadeThings(agent: Agent, going: Departure): Promise<undefined> {
  const [record, ...more] = going.records.filter(({ token }) => going.gone.includes(token));
  if (!record?.made || more.length > 0) return;
  const { documents: _, ...observation } = await look(agent);
  const { entries } = observation;
  // While all resources are declared: a link may go with the file that its path leads to.
  const links = await linksOfRecords(going.records, observation, { site: agent.site, use: (ask) => ask(agent) });
  const made = await madeFiles(agent, going, observation.machineId, links);
  // The link on the host first: it points to the file.
  await removeFromHost(agent, made);
  for (const claim of [...made].reverse()) {
    const { at } = claim;
    if (!isOnHost(at) && isStable(entries, at) && isStill(claim, entries.get(at))) await removeFile(agent, at);
  }
}

/** The files that the removed resources have put where none were before, and that no other resource declares. */
export async function madeFiles(
  agent: Agent,
  { records, gone, otherJails }: Departure,
  machineId: string,
  links: Links,
): Promise<FileClaim[]> {
  const { site } = agent;
  const going = records.filter(({ token }) => gone.includes(token));
  const own = records.filter((record) => !going.includes(record)).flatMap((record) => filesOf(record, site, links));
  // A launcher that now belongs to another jail is the same file.
  const beside = await hostClaimsOfOthers(agent, { site, stack: going[0]?.stack, machineId, otherJails });
  const kept = new Set([...own, ...beside.map(({ claim }) => claim)].map(({ at }) => at));
  return going.flatMap((record) =>
    filesOf(record, site, links).filter(({ at }) => record.made?.includes(show(at)) && !kept.has(at)),
  );
}

/** Removes files and links on the host, and says which of them are there still. */
export async function removeFromHost(agent: Agent, made: readonly FileClaim[]): Promise<Left[]> {
  const claims = made.filter(({ at }) => isOnHost(at)).reverse();
  const facts = await askFiles(agent, { contents: [], places: claims.map(({ at }) => at) });
  const left: Left[] = [];
  for (const claim of claims) {
    const { at } = claim;
    const { unsafe, live } = facts.places.get(at) ?? {};
    if (live === undefined) continue;
    if (!unsafe && isStill(claim, live)) await removeFile(agent, at);
    else left.push({ path: at, why: unsafe ? { is: "unsafe", problem: unsafe } : { is: "replaced", live: live.type } });
  }
  return left;
}

/** The files of a record's resource, at the paths that the links in the jail lead to. */
export function filesOf({ kind, token, label, args }: RegistryRecord, { root }: Site, links: Links): FileClaim[] {
  const declaration = followLinks(links, { kind, owner: { token, label }, args });
  return declaredFiles(declaration, root).map((claim) => links.file(claim));
}

function isStill({ is }: FileClaim, live: Live | undefined): boolean {
  return live?.type === is.type && (is.type !== "link" || live.target === is.target);
}
