import { ChrootError } from "../errors";
import { type Bytes, show, showRemote, toBuffer } from "../model/bytes";
import type { Sealed } from "../observe/observation";
import { isReachable } from "../plan/blocked";
import { type Levels, leftHot } from "../plan/seal";
import { type Agent, expectDone } from "./agent";
import { formatSealed, sealedRecord } from "./records";
import { pathList, type Scanned, scan } from "./scan";
import { formatSite, type Site } from "./site";

/**
 * Closes the directories of some subtrees to everybody but root, and looks at what is there then: from now on it stays as
 * it is. The agent opens them again by itself when the line is cut, and what is killed the next run finds in the registry.
 */
export async function seal(
  agent: Agent,
  site: Site,
  tops: readonly Bytes[],
): Promise<{ levels: Levels; scanned: Scanned }> {
  const list = pathList(tops);
  const [reply, scanned] = await Promise.all([
    agent.request(`seal ${list.length}`, list),
    scan(agent, site, { below: tops }),
  ]);
  expectDone(reply, "cannot close the daemon's directories for a repair", formatSite(site));
  const levels = new Map<number, Sealed[]>();
  for (const [word, rest] of reply.lines) {
    if (word !== "sealed") continue;
    const space = rest.indexOf(" ");
    const record = sealedRecord(rest.slice(space + 1));
    const number = Number(rest.slice(0, space));
    if (record) levels.set(number, [...(levels.get(number) ?? []), record]);
  }
  const [hot] = leftHot(scanned.entries, tops, isReachable);
  if (hot !== undefined)
    throw new ChrootError("operation", {
      what: "cannot close the daemon's directories for a repair",
      where: formatSite(site),
      why: `${show(hot)} is still open`,
      remedy: "find out who changes it at the same time as root, then run pulumi up again",
    });
  return { levels: [...levels.values()], scanned };
}

/** Says what some levels are opened to, by their numbers from 1. */
export async function setLevels(
  agent: Agent,
  site: Site,
  levels: ReadonlyMap<number, readonly Sealed[]>,
): Promise<void> {
  const replies = await Promise.all(
    [...levels].map(([number, level]) => {
      const list = toBuffer(level.map((sealed) => `${formatSealed(sealed)}\0`).join("") as Bytes);
      return agent.request(`level ${number} ${list.length}`, list);
    }),
  );
  for (const reply of replies) expectDone(reply, "cannot write the registry", formatSite(site));
}

/** Opens everything that is sealed, and forgets what an earlier run had left. Gives what went wrong. */
export async function relax(agent: Agent): Promise<string[]> {
  const reply = await agent.request("relax all");
  return reply.status === 0 ? [] : [`relax: ${showRemote(reply.error)}`];
}
