import type { Agent } from "../agent/agent";
import { askFiles } from "../agent/files";
import { look } from "../agent/observe";
import { removeFile } from "../agent/put";
import type { Site } from "../agent/site";
import type { RegistryRecord } from "../intent/declaration";
import { type FileClaim, isOnHost } from "../intent/file-claim";
import { show } from "../model/bytes";
import type { Live } from "../model/entry";
import type { Left } from "../plan/removal";
import { isStable } from "../plan/zone";
import { neighbours, placesOf } from "./neighbours";

/** Records of which some are about to go. */
export interface Going {
  readonly records: readonly RegistryRecord[];
  /** The tokens of those that go. */
  readonly gone: readonly string[];
}

/**
 * Removes what a resource that is deleted has put where nothing was before: a file or a link that is still one, that nobody
 * else declares, and whose name only root can change. What goes with its jail stays: the jail is left as it is.
 */
export async function removeMade(agent: Agent, site: Site, going: Going): Promise<undefined> {
  const [record, ...more] = going.records.filter(({ token }) => going.gone.includes(token));
  if (!record?.made || more.length > 0) return;
  const { entries, machineId } = await look(agent, site);
  const made = await madeBy(agent, site, going, machineId);
  // The link on the host first: it points to the file.
  await removeFromHost(agent, site, made);
  for (const claim of [...made].reverse()) {
    const { at } = claim;
    if (!isOnHost(at) && isStable(entries, at) && isStill(claim, entries.get(at))) await removeFile(agent, at);
  }
}

/** What those that go have put where nothing was before, and nobody else declares. */
export async function madeBy(
  agent: Agent,
  site: Site,
  { records, gone }: Going,
  machineId: string,
): Promise<FileClaim[]> {
  const going = records.filter(({ token }) => gone.includes(token));
  const own = records.filter((record) => !going.includes(record)).flatMap((one) => filesOf(one, site));
  // A launcher that is another jail's now is the file of before.
  const beside = await neighbours(agent, { site, stack: going[0]?.stack, machineId });
  const kept = new Set([...own, ...beside.map(({ claim }) => claim)].map(({ at }) => at));
  return going.flatMap((record) =>
    filesOf(record, site).filter(({ at }) => record.made?.includes(show(at)) && !kept.has(at)),
  );
}

/** Removes files and links on the host, and says which of them are there still. */
export async function removeFromHost(agent: Agent, site: Site, made: readonly FileClaim[]): Promise<Left[]> {
  const claims = made.filter(({ at }) => isOnHost(at)).reverse();
  const facts = await askFiles(agent, site, { contents: [], places: claims.map(({ at }) => at) });
  const left: Left[] = [];
  for (const claim of claims) {
    const { at } = claim;
    const { unsafe, live } = facts.places.get(at) ?? {};
    if (live === undefined) continue;
    if (unsafe === undefined && isStill(claim, live)) await removeFile(agent, at);
    else left.push({ path: at, why: unsafe ?? `is another ${live.type} now than was made` });
  }
  return left;
}

export function filesOf({ kind, token, label, args }: RegistryRecord, { root }: Site): FileClaim[] {
  return placesOf({ kind, owner: { token, label }, args }, root);
}

function isStill({ is }: FileClaim, live: Live | undefined): boolean {
  return live?.type === is.type && (is.type !== "link" || live.target === is.target);
}
