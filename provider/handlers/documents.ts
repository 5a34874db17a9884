import type { Agent } from "../agent/agent";
import { putDocuments } from "../agent/apply";
import { scriptParts } from "../agent/script";
import type { Site } from "../agent/site";
import type { RegistryRecord } from "../intent/declaration";
import { merge } from "../intent/merge";
import { documents } from "../render/documents";
import { kinds } from "../resources/kinds";

/**
 * Writes what is declared for a jail into its registry, as a script and as a page for people, where that has changed. From
 * the records alone: so it is the same whichever stack writes it. `known` are the checksums of what is there.
 */
export async function writeDocuments(
  agent: Agent,
  site: Site,
  records: readonly RegistryRecord[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const merged = merge({ stack: undefined, declarations: [], departed: new Set() }, records, kinds);
  if (merged.jail) await putDocuments(agent, site, documents(merged, scriptParts(site.root)), known);
}
