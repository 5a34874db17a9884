import { ChrootError } from "../../errors";
import { type Bytes, toBuffer } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { expectDone, hasLine } from "../channel/reply";
import { formatSite, type Site } from "../site";
import { requestInBatches } from "./apply";

/** Removes entries whose names only root can change, then directories that are empty. */
export async function removeEntries(
  agent: Agent,
  { leaves, directories }: { readonly leaves: readonly Bytes[]; readonly directories: readonly Bytes[] },
): Promise<void> {
  expectNone(agent.site, [
    ...(await requestInBatches("clear", leaves, (data) => ask(agent, "clear", { data }))),
    ...(await requestInBatches("empty", directories, (data) => ask(agent, "empty", { data }))),
  ]);
}

/** Moves things out of everybody's reach, into the quarantine in the jail's root. */
export async function quarantinePaths(agent: Agent, paths: readonly Bytes[]): Promise<void> {
  expectNone(agent.site, await requestInBatches("quarantine", paths, (data) => ask(agent, "quarantine", { data })));
}

/**
 * Removes an empty root, and the directories above it that are empty then; the agent is in no jail afterwards. False
 * where the root stays.
 */
export async function uproot(agent: Agent, above: readonly Bytes[]): Promise<boolean> {
  const list = toBuffer(above.map((path) => `${path}\0`).join("") as Bytes);
  const reply = await ask(agent, "uproot", { data: list });
  expectDone(reply, "cannot remove the jail", formatSite(agent.site));
  return !hasLine(reply, "kept");
}

function expectNone(site: Site, errors: readonly string[]): void {
  if (errors.length === 0) return;
  throw new ChrootError("operation", {
    what: "cannot remove the jail",
    where: formatSite(site),
    why: errors.slice(0, 3).join("; "),
    remedy: "correct that on the host, then delete it again: removed entries do no harm",
  });
}
