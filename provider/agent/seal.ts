import { ChrootError } from "../errors";
import { type Bytes, show, toBuffer } from "../model/bytes";
import type { Sealed } from "../observe/observation";
import { isReachable } from "../plan/blocked";
import { inOpeningOrder, leftHot } from "../plan/seal";
import type { Agent } from "./agent";
import type { Requests } from "./chain";
import { formatSealed, sealedRecords } from "./records";
import { expectDone } from "./reply";
import { onSubtrees, type Scanned, scan } from "./scan";
import { formatSite, type Site } from "./site";

/**
 * Closes the directories of some subtrees to everybody but root, and looks at what is there and in what is closed already:
 * from now on it stays as it is, and all names in it are of one moment. The agent opens them again by itself when the line is cut, and what is killed the next run finds in the registry.
 */
export async function seal(
  agent: Agent,
  site: Site,
  tops: readonly Bytes[],
  closedBefore: readonly Bytes[],
): Promise<{ closed: Sealed[]; scanned: Scanned }> {
  const [reply, scanned] = await Promise.all([
    agent.request(...onSubtrees("seal", tops)),
    scan(agent, site, { below: [...closedBefore, ...tops] }),
  ]);
  expectDone(reply, "cannot close the daemon's directories for a repair", formatSite(site));
  const [hot] = leftHot(scanned.entries, tops, isReachable);
  if (hot !== undefined)
    throw new ChrootError("operation", {
      what: "cannot close the daemon's directories for a repair",
      where: formatSite(site),
      why: `${show(hot)} is still open`,
      remedy: "find out who changes it at the same time as root, then run pulumi up again",
    });
  // Where nothing was open nothing is told.
  const list = reply.lists.get("sealed");
  if (list) expectDone(list, "cannot close the daemon's directories for a repair", formatSite(site));
  return { closed: sealedRecords(list?.pieces ?? []), scanned };
}

/** Says how everything that is closed is opened, and what else is opened with it; the deepest come first. */
export async function planOpening(to: Requests, site: Site, sealed: readonly Sealed[]): Promise<void> {
  const list = toBuffer(
    inOpeningOrder(sealed)
      .map((record) => `${formatSealed(record)}\0`)
      .join("") as Bytes,
  );
  const reply = await to.request(`plan ${list.length}`, list);
  expectDone(reply, "cannot write the registry", formatSite(site));
}

/** Opens everything that is closed, and forgets what an earlier run had left. */
export async function relax(agent: Agent, site: Site): Promise<void> {
  expectDone(await agent.request("relax all"), "cannot open the daemon's directories again", formatSite(site));
}
