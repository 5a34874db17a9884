import * as pulumi from "@pulumi/pulumi";
import { isMap } from "../../model/values";
import { hiddenInputs } from "../hidden-inputs";
import { type FleetHostState, hostStates } from "./args";
import type { DeclaredWave } from "./gates";
import { knownValue, outputsOf } from "./known-value";
import type { FleetMember } from "./member";

/** The key of a drift map for the host as a whole. */
const hostKey = "(host)";

/** The states of all hosts by their names, at the end of this run. */
export async function statesOf(
  waves: readonly (DeclaredWave & { readonly ended: readonly pulumi.Resource[] })[],
): Promise<Record<string, FleetHostState>> {
  const states: [string, FleetHostState][] = [];
  let isStopped = false;
  for (const { members, ended } of waves) {
    const found = await Promise.all(
      members.map(async (member) => [member.host.name, await memberState(member)] as const),
    );
    // After a failure the engine skips all later resources, and tells of them as of the failed ones.
    states.push(
      ...found.map(([name, state]): [string, FleetHostState] => [
        name,
        isStopped && state === "failed" ? "waiting" : state,
      ]),
    );
    const isOpen = await Promise.all(ended.map(isDone));
    isStopped ||=
      !pulumi.runtime.isDryRun() && (found.some(([, state]) => state === "failed") || isOpen.includes(false));
  }
  return Object.fromEntries(states);
}

async function memberState({ resources }: FleetMember): Promise<FleetHostState> {
  const states = await Promise.all([...resources].map(resourceState));
  return hostStates.find((state) => states.includes(state)) ?? "in sync";
}

async function resourceState(resource: pulumi.Resource): Promise<FleetHostState> {
  if (!(await isDone(resource))) return "failed";
  if (!(hiddenInputs.changed in resource)) return "in sync";
  const drift = await knownValue((resource as unknown as { readonly drift: pulumi.Output<unknown> }).drift);
  if (drift.is !== "known" || !isMap(drift.value)) return "in sync";
  const { [hostKey]: host, ...paths } = drift.value as Readonly<Record<string, string>>;
  if (host?.startsWith("refused")) return "refused";
  if (host !== undefined && / not known yet in this preview/.test(host)) return "waiting";
  // A host that does not answer, one with another key, and a part that cannot be read are alike: a change may hide there.
  if (Object.values(drift.value).some((text) => String(text).startsWith("not checked"))) return "not checked";
  return host !== undefined || Object.keys(paths).length > 0 ? "drifted" : "in sync";
}

/** Whether a resource was neither failed nor skipped; always true in a preview. */
async function isDone(resource: pulumi.Resource): Promise<boolean> {
  if (pulumi.runtime.isDryRun()) return true;
  const values = await Promise.all(outputsOf(resource).map(([, output]) => knownValue(output)));
  return values.every(({ is }) => is !== "unknown");
}
