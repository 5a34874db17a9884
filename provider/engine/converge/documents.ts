import type { Agent } from "../../agent/channel/agent";
import type { Requests } from "../../agent/channel/ask";
import { putDocuments } from "../../agent/requests/registry";
import { scriptParts } from "../../agent/script-parts";
import { ChrootError } from "../../errors";
import { knownFindings, knownText } from "../../intent/known-findings";
import type { Observation } from "../../observe/observation";
import { documents } from "../../render/documents/documents";
import type { Assessment } from "../assess/assessment";
import type { HostAnswers } from "../assess/host-answers";
import { declaredFiles } from "../assess/host-claims";
import { resolveIntent } from "../assess/resolved-intent";

/**
 * Writes the documents of a jail into its registry, the permission script and a page for people, where they have changed. They
 * come from the records alone, so that every stack writes the same. `present` has the checksums of the documents that are there.
 * Questions go to the agent; the documents go `to` it, or to a chain.
 */
export async function writeDocuments(
  agent: Agent,
  { to, present }: { readonly to: Requests; readonly present: ReadonlyMap<string, string> },
  observation: Observation,
  { binaries, links, sources }: Pick<HostAnswers, "binaries" | "links" | "sources">,
): Promise<void> {
  const { site } = agent;
  const { records } = observation;
  const context = { site, use: <T>(ask: (one: Agent) => Promise<T>) => ask(agent), binaries, links, sources };
  const all = await resolveIntent(
    { stack: undefined, declarations: [], departed: new Set() },
    observation,
    context,
    (declaration) => declaredFiles(declaration, site.root),
  ).catch((error: unknown) => {
    if (error instanceof ChrootError && error.code === "unreadable") return undefined;
    throw error;
  });
  // A script that does not know a program would take its execute bits: the last one stands.
  if (!all?.merged.jail || !all.isWhole) return;
  const contents = {
    files: all.files,
    closure: all.closure,
    mounts: all.mounts,
    decided: records.flatMap(({ decided }) => decided ?? []),
  };
  await putDocuments(to, documents(all.merged, contents, scriptParts(site.root)), present);
}

/** Writes the findings at the end of a change into the registry, where they differ: later looks tell new findings by them. */
export async function writeFindings(
  agent: Agent,
  { merged, observation, plan }: Assessment,
  processes: readonly string[],
  present: ReadonlyMap<string, string>,
): Promise<void> {
  const { jail } = merged;
  if (!jail) return;
  const { undeclared } = jail.intent;
  const text = knownText(knownFindings(observation.machineId, plan.findings, { undeclared, processes }));
  // Only marks in a preview depend on this list: a change does not fail for want of it.
  await putDocuments(agent, [{ name: "permissions.findings", text }], present).catch(() => undefined);
}
