import type { MountClaim } from "../../intent/mount-claim";
import { type Bytes, fromWire, showRemote, toBuffer } from "../../model/bytes";
import type { Principals } from "../../model/entry";
import { mountOptions, mountUnitName } from "../../model/mount";
import type { BootFacts } from "../../plan/contents/mounts";
import type { MountChange } from "../../plan/difference";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { emptyList, expectDone, hasLine, whyOf } from "../channel/reply";
import { toAgent } from "../paths";
import { formatSite, registryName } from "../site";

/** Asks a host without systemd for this jail's lines in its fstab, and for the program that reads them. */
export async function bootFacts(agent: Agent): Promise<BootFacts> {
  const reply = await ask(agent, "boot", { name: registryName(agent.site.root) });
  const { lists } = expectDone(reply, "cannot ask which program mounts file systems at boot", formatSite(agent.site));
  const { pieces } = lists.get("fence") ?? emptyList;
  return {
    isSimple: hasLine(reply, "boot"),
    fence: fromWire(pieces.map((line) => `${line}\n`).join("")),
  };
}

/** Mounts and unmounts, one after the other; all requests are sent at once. Gives the errors. */
export async function applyMounts(
  agent: Agent,
  changes: readonly MountChange[],
  principals: Principals,
): Promise<string[]> {
  const apply = async ({ at, how, claim, isOnOthers }: MountChange): Promise<string[]> => {
    const source =
      claim?.is.type === "bind"
        ? claim.is.source
        : fromWire(claim ? claim.is.type : mountUnitName(agent.site.root, at));
    const lines = toBuffer(fromWire(`${toAgent(at)}\n${source}`));
    const steps = how === "again" ? (["unmount", "mount"] as const) : [how];
    // The new mount comes only where the old one has gone.
    const chain = agent.chain();
    const send = (step: (typeof steps)[number]) => {
      if (!claim || step === "unmount")
        return ask(chain, "unmount", { data: lines, keep: how === "again" || isOnOthers ? "keep" : undefined });
      const mount = { data: lines, type: kindOf(claim), options: optionsOf(claim, principals) };
      if (step === "remount") return ask(chain, step, mount);
      const isUntrusted = claim.is.type === "bind" && claim.is.isUntrusted;
      return ask(chain, step, { ...mount, trust: isUntrusted ? "untrusted" : undefined });
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
export async function writeFence(agent: Agent, text: Bytes): Promise<string[]> {
  const data = toBuffer(text);
  const reply = await ask(agent, "fence", { data, name: registryName(agent.site.root) });
  return reply.status === 0 ? [] : [`/etc/fstab: ${whyOf(reply)}`];
}

/** Makes systemd read its units again. */
export async function reloadUnits(agent: Agent): Promise<string[]> {
  const reply = await ask(agent, "reload");
  return reply.status === 0 ? [] : [`systemctl daemon-reload: ${showRemote(reply.error)}`];
}
