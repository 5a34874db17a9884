import type { Agent } from "../../agent/channel/agent";
import { withAgent } from "../../agent/channel/connect";
import { enter } from "../../agent/requests/enter";
import { addHistory, dropRecords, lockRegistry, tidyRegistry } from "../../agent/requests/registry";
import { formatSite, type Site } from "../../agent/site";
import { isOnHost } from "../../intent/file-claim";
import type { ProgramView } from "../../intent/merge";
import type { Damage, RegistryRecord } from "../../intent/registry-record";
import { departures } from "../../intent/succession";
import { repairHistory } from "../../render/documents/repair-history";
import { keptLine, removalLines } from "../../render/text/removal";
import { kinds } from "../../resources/kinds";
import { noAnswers } from "../assess/host-answers";
import { declaredFiles } from "../assess/host-claims";
import type { JailContext } from "../assess/jail-context";
import { look, readRegistry } from "../assess/readable-registries";
import { writeDocuments } from "../converge/documents";
import { Repair } from "../converge/repair";
import { departedLines } from "./departed-lines";
import { jailToRemove, removeJail } from "./jail-removal";
import { type Departed, type Departure, removeMadeThings } from "./made-things";

/**
 * Removes a resource's record and the files it has made. With a jail, it removes the records of its stack's other resources,
 * and the files they have made if `onDelete` says so.
 */
export async function forget(jail: JailContext, token: string, program: () => ProgramView): Promise<void> {
  const { site, log, otherJails } = jail;
  await withAgent(jail.connections, site, async (agent) => {
    await jail.notices.say(agent.notices);
    // An existing jail is entered: that removes the files that an interrupted run has staged there.
    const [, , registered] = await Promise.all([lockRegistry(agent, "-x"), enter(agent), readRegistry(agent)]);
    if (registered.leftSealed.length > 0) await reopen(agent, jail, program);
    const { records } = registered;
    const gone = departures(records, token, kinds);
    const going = { records, gone, otherJails };
    const own = jailToRemove(going);
    const removed = own ? await removeJail(agent, own, going) : undefined;
    const departed = own ? undefined : await removeMadeThings(agent, going);
    if (departed) await remember(agent, departed, program().stack ?? stackOf(records, token));
    await dropRecords(agent, gone.length > 0 ? gone : damagedOwn(registered.damaged, token));
    const staying = records.filter((record) => !gone.includes(record.token));
    if (staying.some(({ kind }) => kinds.get(kind)?.declaresJail)) {
      const { documents: _, ...observation } = await look(agent);
      await writeDocuments(
        agent,
        { to: agent, present: registered.documents },
        { ...observation, records: staying },
        noAnswers(),
      );
    }
    await tidyRegistry(agent);
    const isJail = ({ kind }: RegistryRecord) => kinds.get(kind)?.declaresJail === true;
    const kept = records.find((record) => record.token === token && isJail(record) && !staying.some(isJail));
    if (kept && !removed) await log("", "info", `${formatSite(site)}: ${keptText(kept, going, site)}`);
    for (const { severity, text } of departed ? departedLines(site, departed) : []) await log("", severity, text);
    if (!removed) return;
    for (const { severity, text } of removalLines(site.root, removed))
      await log("", severity, `${formatSite(site)}: ${text}`);
  });
}

/** Adds the removed files to the list of repairs. */
async function remember(agent: Agent, { removed, observation }: Departed, stack: string): Promise<void> {
  if (removed.length > 0) await addHistory(agent, repairHistory(removed, { observation, stack }));
}

function stackOf(records: readonly RegistryRecord[], token: string): string {
  return records.find((record) => record.token === token)?.stack ?? "";
}

/** The token of a removed resource whose record cannot be read. A record of a later release is left to that release. */
function damagedOwn(damaged: readonly Damage[], token: string): string[] {
  return damaged.some(({ file, why }) => file === `${token}.json` && why.problem !== "later-release") ? [token] : [];
}

/** The message about a jail of which nothing is removed. */
function keptText({ label }: RegistryRecord, { records, gone }: Departure, site: Site): string {
  const going = records.filter(({ token }) => gone.includes(token));
  const made = going.flatMap(({ kind, args, ...owner }) => declaredFiles({ kind, owner, args }, site.root));
  return keptLine(label, site.root, made.map(({ at }) => at).filter(isOnHost));
}

/** Opens the directories that an interrupted run has left closed: no later run may come to do it. */
async function reopen(agent: Agent, jail: JailContext, program: () => ProgramView): Promise<void> {
  const { documents: _, ...observation } = await look(agent);
  const repair = new Repair(agent, jail, { program, observation });
  await repair.repair(await repair.assess(observation), []);
  await repair.opened();
}
