import type { RegistryRecord } from "../intent/declaration";
import { type Bytes, toBuffer } from "../model/bytes";
import { formatMode } from "../model/mode";
import type { Step } from "../plan/steps";
import { type Agent, expectDone } from "./agent";
import { formatSite, registryName, type Site } from "./site";

/** Makes the registry's directory for a root, before its lock is taken for a change. */
export async function prepareRegistry(agent: Agent, site: Site): Promise<void> {
  expectDone(await agent.request(`prepare ${registryName(site.root)}`), "cannot make the registry", formatSite(site));
}

/** Writes records, each whole or not at all. */
export async function putRecords(agent: Agent, site: Site, records: readonly RegistryRecord[]): Promise<void> {
  const replies = await Promise.all(
    records.map((record) => {
      const data = Buffer.from(`${JSON.stringify(record, null, 1)}\n`, "utf8");
      return agent.request(`put ${record.token} ${data.length}`, data);
    }),
  );
  for (const reply of replies) expectDone(reply, "cannot write the registry", formatSite(site));
}

/** Removes records; those that are gone already are no trouble. */
export async function dropRecords(agent: Agent, site: Site, tokens: readonly string[]): Promise<void> {
  const replies = await Promise.all(tokens.map((token) => agent.request(`drop ${token}`)));
  for (const reply of replies) expectDone(reply, "cannot write the registry", formatSite(site));
}

/**
 * Does the steps: directories first, parents before children, then owners, then modes. Owner before mode always: an owner
 * that is taken away can no longer change the mode back, and chown clears setuid and setgid of a file.
 */
export async function applySteps(agent: Agent, site: Site, steps: readonly Step[]): Promise<void> {
  const requests: [string, Bytes[]][] = [];
  const list = (action: Step["action"]) => steps.filter((step) => step.action === action).map(({ path }) => path);
  requests.push(["quarantine", list("replace")]);
  requests.push(["mkdir", steps.filter(({ action }) => action !== "set").map(({ path }) => path)]);
  for (const [owner, paths] of grouped(steps, ({ owner: of }) => of && `${of.uid}:${of.gid}`))
    requests.push([`chown ${owner}`, paths]);
  // Five digits: GNU chmod keeps a directory's setgid bit for four.
  for (const [mode, paths] of grouped(steps, ({ mode: of }) => (of === undefined ? undefined : `0${formatMode(of)}`)))
    requests.push([`chmod ${mode}`, paths]);
  for (const [request, paths] of requests) {
    if (paths.length === 0) continue;
    const [command = "", argument] = request.split(" ");
    const data = Buffer.concat(paths.map((path) => toBuffer((path === "." ? ".\0" : `./${path}\0`) as Bytes)));
    const line = argument === undefined ? `${command} ${data.length}` : `${command} ${data.length} ${argument}`;
    expectDone(await agent.request(line, data), `${request} failed`, formatSite(site));
  }
}

function grouped(steps: readonly Step[], keyOf: (step: Step) => string | undefined): Map<string, Bytes[]> {
  const groups = new Map<string, Bytes[]>();
  for (const step of steps) {
    const key = keyOf(step);
    if (key === undefined) continue;
    const paths = groups.get(key);
    if (paths) paths.push(step.path);
    else groups.set(key, [step.path]);
  }
  return groups;
}
