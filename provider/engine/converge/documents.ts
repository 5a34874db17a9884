import type { Agent } from "../../agent/channel/agent";
import type { Requests } from "../../agent/channel/ask";
import { putDocuments } from "../../agent/requests/registry";
import { scriptParts } from "../../agent/script-parts";
import { ChrootError } from "../../errors";
import type { Finding } from "../../intent/finding";
import type { Observation } from "../../observe/observation";
import { assessmentOf } from "../../render/assessment/assessment";
import { assessmentText } from "../../render/assessment/assessment-v1";
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

/**
 * Writes the assessment at the end of a change into the registry, where it differs from the last one: later looks tell new
 * findings by it.
 */
export async function writeAssessment(
  agent: Agent,
  { merged, observation, plan }: Assessment,
  processes: readonly Finding[],
  present: ReadonlyMap<string, string>,
): Promise<void> {
  if (!merged.jail) return;
  const { findings, ...assessment } = assessmentOf(agent.site.root, observation, plan, processes);
  const known = findings.map(({ isNew: _, ...one }) => one);
  const text = assessmentText({ ...assessment, findings: known });
  await putDocuments(agent, [{ name: "permissions.assessment", text }], present);
}
