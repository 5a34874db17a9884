import type { Agent } from "../agent/agent";
import { dropRecords, tidyRegistry } from "../agent/apply";
import { enter, lockRegistry, look, readRegistry, withAgent } from "../agent/observe";
import { formatSite, type Site } from "../agent/site";
import { departures } from "../intent/declaration";
import type { ProgramView } from "../intent/merge";
import { removalLines } from "../render/removal";
import { kinds } from "../resources/kinds";
import { writeDocuments } from "./documents";
import { logToEngine } from "./engine-log";
import { sayNotices } from "./notices";
import { jailToRemove, removeJail } from "./removal";
import { removeMade } from "./remove";
import { Run } from "./run";
import { newlyKnown } from "./view";

/**
 * Removes a resource's record, and what it has made; with a jail's, the records of its stack's other resources, which go with
 * it, and what they have made where that is declared.
 */
export async function forget(site: Site, token: string, program: () => ProgramView): Promise<void> {
  await withAgent(site, async (agent) => {
    await sayNotices(agent.notices);
    // In the jail, if there still is one: what a run that was cut short has staged there goes, too.
    const [, , registered] = await Promise.all([
      lockRegistry(agent, site, "-x"),
      enter(agent, site.root),
      readRegistry(agent, site),
    ]);
    if (registered.leftSealed.length > 0) await reopen(agent, site, program);
    const { records } = registered;
    const gone = departures(records, token, kinds);
    const going = { records, gone };
    const jail = jailToRemove(going);
    const removed = jail ? await removeJail(agent, site, jail, going) : await removeMade(agent, site, going);
    await dropRecords(agent, site, gone);
    const kept = records.filter((record) => !gone.includes(record.token));
    await writeDocuments(agent, agent, site, kept, registered.documents, newlyKnown().binaries);
    await tidyRegistry(agent);
    if (!removed) return;
    for (const { severity, text } of removalLines(site.root, removed))
      await logToEngine("", severity, `${formatSite(site)}: ${text}`);
  });
}

/** Nobody may come after this one: it opens what a run that was cut short has left closed. */
async function reopen(agent: Agent, site: Site, program: () => ProgramView): Promise<void> {
  const { documents: _, ...observation } = await look(agent, site);
  const run = new Run(agent, site, program, observation);
  await run.repair(await run.view(observation), []);
  await run.opened();
}
