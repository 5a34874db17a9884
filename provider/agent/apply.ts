import type { RegistryRecord } from "../intent/declaration";
import { type Bytes, showRemote, toBuffer } from "../model/bytes";
import { formatMode } from "../model/mode";
import type { Step } from "../plan/steps";
import { type Agent, expectDone } from "./agent";
import { formatSite, type Site } from "./site";

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

/** Removes what a change has staged, and a registry without records. */
export async function tidyRegistry(agent: Agent): Promise<void> {
  await agent.request("tidy");
}

/** Paths in one request: the host has to answer each within the limit of its connection. */
const batch = 2000;

/**
 * Does the steps: directories first, parents before children, then owners, then modes. Owner before mode always: an owner
 * that is taken away can no longer change the mode back, and chown clears setuid and setgid of a file. What fails for one
 * path (it has gone, it is immutable) does not keep the others from being repaired: the errors are given, and a look
 * afterwards tells what is left.
 */
export async function applySteps(agent: Agent, steps: readonly Step[]): Promise<string[]> {
  const errors: string[] = [];
  const made = steps.filter(({ action }) => action !== "set");
  const replaced = steps.filter(({ action }) => action === "replace");
  await over(agent, "quarantine", [], pathsOf(replaced), errors);
  await over(agent, "mkdir", [], pathsOf(made), errors);
  // Where a directory could not be made something else stands, and chmod would follow it if it is a link.
  const sound = errors.length === 0 ? steps : steps.filter(({ action }) => action === "set");
  for (const [owner, paths] of grouped(sound, ({ owner: of }) => of && `${of.uid}:${of.gid}`))
    await over(agent, "chown", [owner], paths, errors);
  // Five digits: GNU chmod keeps a directory's setgid bit for four.
  for (const [mode, paths] of grouped(sound, ({ mode: of }) => (of === undefined ? undefined : `0${formatMode(of)}`)))
    await over(agent, "chmod", [mode], paths, errors);
  return errors;
}

async function over(
  agent: Agent,
  command: string,
  argument: readonly string[],
  paths: readonly Bytes[],
  errors: string[],
): Promise<void> {
  for (let from = 0; from < paths.length; from += batch) {
    const data = Buffer.concat(paths.slice(from, from + batch).map(nullTerminated));
    const reply = await agent.request([command, data.length, ...argument].join(" "), data);
    if (reply.status !== 0) errors.push(`${command}: ${showRemote(reply.error) || `exit status ${reply.status}`}`);
  }
}

function pathsOf(steps: readonly Step[]): Bytes[] {
  return steps.map(({ path }) => path);
}

function nullTerminated(path: Bytes): Buffer {
  return toBuffer((path === "." ? ".\0" : `./${path}\0`) as Bytes);
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
