import { createHash } from "node:crypto";
import type { RegistryRecord } from "../intent/declaration";
import { type Acl, hasAccessEntries } from "../model/acl";
import type { Bytes } from "../model/bytes";
import { formatMode, type Mode } from "../model/mode";
import type { Step } from "../plan/steps";
import type { Agent } from "./agent";
import { notDone, type Requests } from "./chain";
import { type Moved, moveAway, nothingMoved } from "./quarantine";
import { expectDone, type Reply, whyOf } from "./reply";
import { pathList } from "./scan";
import { formatSite, type Site } from "./site";

/** Writes records, each whole or not at all. */
export async function putRecords(to: Requests, site: Site, records: readonly RegistryRecord[]): Promise<void> {
  const replies = await Promise.all(
    records.map((record) => {
      const data = Buffer.from(`${JSON.stringify(record, null, 1)}\n`, "utf8");
      return to.request(`put ${data.length} ${record.token}.json`, data);
    }),
  );
  expectWritten(replies, site);
}

/** Removes records; those that are gone already are no trouble. */
export async function dropRecords(to: Requests, site: Site, tokens: readonly string[]): Promise<void> {
  const replies = await Promise.all(tokens.map((token) => to.request(`drop ${token}.json`)));
  expectWritten(replies, site);
}

/** Writes files for people beside the records, those that are not there as they should be. */
export async function putDocuments(
  to: Requests,
  site: Site,
  documents: readonly { readonly name: string; readonly text: string }[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const texts = documents.map(({ name, text }) => ({ name, data: Buffer.from(text, "utf8") }));
  const changed = texts.filter(({ name, data }) => known.get(name) !== createHash("sha256").update(data).digest("hex"));
  const replies = await Promise.all(changed.map(({ name, data }) => to.request(`put ${data.length} ${name}`, data)));
  expectWritten(replies, site);
}

function expectWritten(replies: readonly Reply[], site: Site): void {
  for (const reply of replies) expectDone(reply, "cannot write the registry", formatSite(site));
}

/** Removes what a change has staged, and a registry without records. */
export async function tidyRegistry(agent: Agent): Promise<void> {
  await agent.request("tidy");
}

/** Paths in one request: the host has to answer each within the limit of its connection. */
const batch = 10_000;

/**
 * Does the steps: directories first, parents before children; then for those that get another owner the mode that both
 * allow, owners, ACLs, modes, capabilities. At no moment has anybody more than before and after. Owner before mode: an
 * owner that is taken away can no longer change the mode back, and chown clears setuid and setgid of a file. What fails
 * for one path (it is immutable) does not keep the others from being repaired: the errors are given, and a look afterwards
 * tells what is left. `chain` is what has to have been done before.
 */
export async function applySteps(
  agent: Agent,
  steps: readonly Step[],
  chain = agent.chain(),
): Promise<{ moved: Moved; errors: readonly string[] }> {
  const made = steps.filter(({ action }) => action === "make" || action === "replace");
  const goes = steps.filter(({ action }) => action === "away");
  const stands = steps.filter(({ action, isInTheWay }) => action === "replace" || isInTheWay);
  // Where nothing is waited for all is sent before whoever calls this sends anything.
  const away = goes.length > 0 ? await moveAway(agent, goes) : nothingMoved;
  const replaced = stands.length > 0 ? await moveAway(agent, stands) : nothingMoved;
  const making = over(chain, "mkdir", [], pathsOf(made));
  const isSound = ({ action }: Step) => action === "set" || (action !== "put" && replaced.errors.length === 0);
  // Sent at once: they are served in order. Where a directory could not be made something else stands, and chmod would follow
  // it if it is a link: then none of them is done, and those for what was there before are sent again.
  const changing = change(chain.attempts, steps.filter(isSound));
  const [unmade, changed] = await Promise.all([making, changing]);
  const again =
    unmade.length > 0
      ? await change(
          agent,
          steps.filter(({ action }) => action === "set"),
        )
      : [];
  return {
    moved: new Map([...away.moved, ...replaced.moved]),
    errors: [...away.errors, ...replaced.errors, ...unmade, ...changed, ...again],
  };
}

async function change(to: Requests, steps: readonly Step[]): Promise<string[]> {
  const commands: [string, (step: Step) => string | undefined][] = [
    ["chmod", ({ close }) => (close === undefined ? undefined : fiveDigits(close))],
    ["chown", ({ owner }) => owner && `${owner.uid}:${owner.gid}`],
    ["acl", ({ acl }) => acl && aclEntries(acl)],
    ["chmod", ({ mode }) => (mode === undefined ? undefined : fiveDigits(mode))],
    ["powers", ({ capabilities }) => capabilities],
  ];
  const sent = commands.flatMap(([command, argumentOf]) =>
    [...grouped(steps, argumentOf)].map(([argument, paths]) => over(to, command, [argument], paths)),
  );
  return (await Promise.all(sent)).flat();
}

/** GNU chmod keeps a directory's setgid bit for four. */
export function fiveDigits(mode: Mode): string {
  return `0${formatMode(mode)}`;
}

/** For setfacl, with a closed mask, or group where there is none: the mode that follows opens it. */
export function aclEntries(acl: Acl): string {
  return [...acl, hasAccessEntries(acl) ? "mask::---" : "group::---"].join();
}

/** One request about paths; gives what went wrong. What was not done in a chain has a reason that another request tells. */
export async function over(
  to: Requests,
  command: string,
  argument: readonly string[],
  paths: readonly Bytes[],
): Promise<string[]> {
  const replies: Promise<Reply>[] = [];
  for (let from = 0; from < paths.length; from += batch) {
    const data = pathList(paths.slice(from, from + batch));
    replies.push(to.request([command, data.length, ...argument].join(" "), data));
  }
  const failed = (await Promise.all(replies)).filter(({ status }) => status !== 0 && status !== notDone);
  return failed.map((reply) => `${command}: ${whyOf(reply)}`);
}

function pathsOf(steps: readonly Step[]): Bytes[] {
  return steps.map(({ path }) => path);
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
