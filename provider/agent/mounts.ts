import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, fromWire, showRemote, toBuffer } from "../model/bytes";
import type { Principals } from "../model/entry";
import { mountOptions, unitName } from "../model/mount";
import type { BootFacts, MountChange } from "../plan/mounts";
import type { Agent } from "./agent";
import { toAgent } from "./records";
import { emptyList, expectDone, whyOf } from "./reply";
import { formatSite, registryName, type Site } from "./site";

/** Asks a host without systemd what this jail has in its fstab, and who reads that. */
export async function bootFacts(agent: Agent, site: Site): Promise<BootFacts> {
  const reply = await agent.request(`boot ${registryName(site.root)}`);
  const { lines, lists } = expectDone(reply, "cannot ask what mounts things at boot", formatSite(site));
  const { pieces } = lists.get("fence") ?? emptyList;
  return {
    isSimple: lines.some(([word]) => word === "boot"),
    fence: fromWire(pieces.map((line) => `${line}\n`).join("")),
  };
}

/** Mounts and unmounts, one after the other; all of it is sent at once. Gives what went wrong. */
export async function applyMounts(
  agent: Agent,
  { root }: Site,
  changes: readonly MountChange[],
  principals: Principals,
): Promise<string[]> {
  const apply = async ({ at, how, claim, isOnOthers }: MountChange): Promise<string[]> => {
    const source = claim?.is.type === "bind" ? claim.is.source : fromWire(claim ? "tmpfs" : unitName(root, at));
    const lines = toBuffer(fromWire(`${toAgent(at)}\n${source}`));
    const steps = how === "again" ? (["unmount", "mount"] as const) : [how];
    // Another one is mounted only where the one before has gone.
    const chain = agent.chain();
    const send = (step: (typeof steps)[number]) => {
      const keep = how === "again" || isOnOthers ? " keep" : "";
      const options = claim && step !== "unmount" ? ` ${kindOf(claim)} ${optionsOf(claim, principals)}` : keep;
      return chain.request(`${step} ${lines.length}${options}`, lines);
    };
    const replies = await Promise.all(steps.map(async (step) => ({ step, ...(await send(step)) })));
    const failed = replies.find(({ status }) => status !== 0);
    return failed ? [`${failed.step}: ${whyOf(failed)}`] : [];
  };
  return (await Promise.all(changes.map(apply))).flat();
}

function kindOf({ is }: MountClaim): string {
  return (is.type === "bind" ? is.shows : undefined) ?? is.type;
}

function optionsOf({ is }: MountClaim, principals: Principals): string {
  return mountOptions(is, principals).join();
}

/** Writes the lines of this jail in the host's fstab. */
export async function writeFence(agent: Agent, { root }: Site, text: Bytes): Promise<string[]> {
  const data = toBuffer(text);
  const reply = await agent.request(`fence ${data.length} ${registryName(root)}`, data);
  return reply.status === 0 ? [] : [`/etc/fstab: ${whyOf(reply)}`];
}

/** Has systemd read its units again. */
export async function reloadUnits(agent: Agent): Promise<string[]> {
  const reply = await agent.request("reload");
  return reply.status === 0 ? [] : [`systemctl daemon-reload: ${showRemote(reply.error)}`];
}
