import { ChrootError } from "../../errors";
import { type Bytes, show, toBuffer } from "../../model/bytes";
import type { Sealed } from "../../observe/observation";
import { isReachable } from "../../plan/blocked";
import { inOpeningOrder, leftHot } from "../../plan/seal/seal";
import type { Agent } from "../channel/agent";
import { ask, type Requests } from "../channel/ask";
import { expectDone } from "../channel/reply";
import { formatSite } from "../site";
import { formatSealed, sealedRecords } from "./registry-lines";
import { type Scanned, scan, subtreeList } from "./scan";

/**
 * Closes the directories of some subtrees to everybody but root, and looks at the entries there and in the directories
 * that are closed already: from now on they stay as they are, and all names in them are of one moment. The agent opens
 * them again by itself when the line is cut; a killed agent leaves them in the registry for the next run.
 */
export async function seal(
  agent: Agent,
  tops: readonly Bytes[],
  closedBefore: readonly Bytes[],
): Promise<{ closed: Sealed[]; scanned: Scanned }> {
  const [reply, scanned] = await Promise.all([
    ask(agent, "seal", { data: subtreeList(tops) }),
    scan(agent, { below: [...closedBefore, ...tops] }),
  ]);
  expectDone(reply, "cannot close the daemon's directories for a repair", formatSite(agent.site));
  const [hot] = leftHot(scanned.entries, tops, isReachable);
  if (hot !== undefined)
    throw new ChrootError("operation", {
      what: "cannot close the daemon's directories for a repair",
      where: formatSite(agent.site),
      why: `${show(hot)} is still open`,
      remedy: "find the process that changes it as root at the same time, then run the command again",
    });
  // The host leaves the list out where nothing was open.
  const list = reply.lists.get("sealed");
  if (list) expectDone(list, "cannot close the daemon's directories for a repair", formatSite(agent.site));
  const closed = sealedRecords(list?.pieces ?? []);
  // A directory with a strange record would never be opened again.
  if (closed.length === (list?.pieces.length ?? 0)) return { closed, scanned };
  throw new ChrootError("operation", {
    what: "cannot close the daemon's directories for a repair",
    where: formatSite(agent.site),
    why: "the host's line about a closed directory is not understood",
  });
}

/**
 * Tells the host how all closed directories are opened, and which others are opened with them; the deepest come first.
 */
export async function planOpening(to: Requests, sealed: readonly Sealed[]): Promise<void> {
  const list = toBuffer(
    inOpeningOrder(sealed)
      .map((record) => `${formatSealed(record)}\0`)
      .join("") as Bytes,
  );
  const reply = await ask(to, "plan", { data: list });
  expectDone(reply, "cannot write the registry", formatSite(to.site));
}

/** Opens all closed directories, and forgets those of an earlier run. */
export async function relax(agent: Agent): Promise<void> {
  expectDone(
    await ask(agent, "relax", { all: "all" }),
    "cannot open the daemon's directories again",
    formatSite(agent.site),
  );
}
