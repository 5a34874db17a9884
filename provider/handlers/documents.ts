import type { Agent } from "../agent/agent";
import { putDocuments } from "../agent/apply";
import type { Requests } from "../agent/chain";
import { scriptParts } from "../agent/script";
import type { Site } from "../agent/site";
import { ChrootError } from "../errors";
import type { RegistryRecord } from "../intent/declaration";
import { merge } from "../intent/merge";
import { documents } from "../render/documents";
import type { JailInputs } from "../resources/jail/args";
import { mountClaims } from "../resources/jail/mounts";
import { kinds } from "../resources/kinds";
import type { KnownBinaries } from "./binaries";
import { placesOf } from "./neighbours";

/**
 * Writes what is declared for a jail into its registry, as a script and as a page for people, where that has changed. From
 * the records alone: so it is the same whichever stack writes it. `known` are the checksums of what is there. The agent is asked, and what is written goes `to` it, or to a chain.
 */
export async function writeDocuments(
  agent: Agent,
  to: Requests,
  site: Site,
  records: readonly RegistryRecord[],
  known: ReadonlyMap<string, string>,
  binaries: KnownBinaries,
): Promise<void> {
  const declared = merge({ stack: undefined, declarations: [], departed: new Set() }, records, kinds);
  const all = await binaries
    .with(declared, site, (ask) => ask(agent))
    .catch((error: unknown) => {
      if (error instanceof ChrootError && error.code === "unreadable") return undefined;
      throw error;
    });
  // A script that does not know a program would take its execute bits: the last one stands.
  if (!all?.merged.jail || !all.isWhole) return;
  const files = all.merged.declarations.flatMap((one) => placesOf(one, site.root));
  const { owner: by, args } = all.merged.jail;
  const contents = { files, closure: all.closure, mounts: mountClaims((args as Partial<JailInputs>).mounts, by) };
  await putDocuments(to, site, documents(all.merged, contents, scriptParts(site.root)), known);
}
