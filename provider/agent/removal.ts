import { ChrootError } from "../errors";
import { type Bytes, toBuffer } from "../model/bytes";
import type { Agent } from "./agent";
import { over } from "./apply";
import { expectDone } from "./reply";
import { formatSite, type Site } from "./site";

/** Removes what is at some places whose names only root can change, then those of some directories that are empty. */
export async function clear(
  agent: Agent,
  site: Site,
  { things, directories }: { readonly things: readonly Bytes[]; readonly directories: readonly Bytes[] },
): Promise<void> {
  expectNone(site, [...(await over(agent, "clear", [], things)), ...(await over(agent, "empty", [], directories))]);
}

/** Moves things out of everybody's reach, into the quarantine in the jail's root. */
export async function moveAway(agent: Agent, site: Site, paths: readonly Bytes[]): Promise<void> {
  expectNone(site, await over(agent, "quarantine", [], paths));
}

/** Removes an empty root, and directories above it as far as nothing else is in them; the agent is in no jail then. False where it stays. */
export async function uproot(agent: Agent, site: Site, above: readonly Bytes[]): Promise<boolean> {
  const list = toBuffer(above.map((path) => `${path}\0`).join("") as Bytes);
  const reply = await agent.request(`uproot ${list.length}`, list);
  expectDone(reply, "cannot remove the jail", formatSite(site));
  return !reply.lines.some(([word]) => word === "kept");
}

function expectNone(site: Site, errors: readonly string[]): void {
  if (errors.length === 0) return;
  throw new ChrootError("operation", {
    what: "cannot remove the jail",
    where: formatSite(site),
    why: errors.slice(0, 3).join("; "),
    remedy: "put that right on the host, then delete it again: what is gone already is no trouble",
  });
}
