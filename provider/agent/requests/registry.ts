import { createHash } from "node:crypto";
import { basename } from "node:path";
import { ChrootError } from "../../errors";
import { type Damage, parseRecord, type RegistryRecord } from "../../intent/registry-record";
import { utf8Of } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import { silenceLimit } from "../../ssh/timeouts";
import type { Agent } from "../channel/agent";
import { ask, type Requests } from "../channel/ask";
import { allToldIn, expectDone, hasLine, type Reply } from "../channel/reply";
import { formatSite, registryName, type Site } from "../site";
import { printedFiles, sealedRecords } from "./registry-lines";

/** Seconds to wait for another run that changes the jail. */
const lockWait = 10;

/** Takes the registry's lock: shared for a look, exclusive for a change. */
export async function lockRegistry(agent: Agent, mode: "-s" | "-x"): Promise<void> {
  const where = formatSite(agent.site);
  const wait = Math.min(lockWait, Math.ceil(silenceLimit(agent.site.connection) / 2000));
  const reply = await ask(agent, "registry", { name: registryName(agent.site.root), mode, wait });
  if (hasLine(reply, "busy"))
    throw new ChrootError("busy", {
      what: "the jail is locked",
      where,
      why: `another run has been changing it for more than ${wait} s`,
      remedy: "wait for it to end, then run again",
    });
  expectDone(reply, "cannot read the registry", where);
}

/** The content of a root's registry. */
export interface Registered extends Pick<Observation, "records" | "damaged" | "leftSealed"> {
  /** The text of the findings that the last change has left. Raw: it may be anything. */
  readonly known: string | undefined;
  /** Checksums of the documents beside the records, by name; read for a change only. */
  readonly documents: ReadonlyMap<string, string>;
}

/** Reads the records of a locked registry, whatever machine they were written on. */
export async function readRegistry(agent: Agent): Promise<Registered> {
  return registered(
    expectDone(await ask(agent, "records"), "cannot read the registry", formatSite(agent.site)),
    agent.site,
  );
}

export function registered(reply: Reply, site: Site): Registered {
  const records: RegistryRecord[] = [];
  const damaged: Damage[] = [];
  // The host leaves out an empty list.
  const [files, left] = (["records", "left"] as const).map((name) => {
    const list = reply.lists.get(name);
    return list ? expectDone(list, "cannot read the registry", formatSite(site)).pieces : [];
  });
  for (const [path, text] of printedFiles(files ?? [])) {
    const record = parseRecord(basename(path), utf8Of(text));
    if ("why" in record) damaged.push(record);
    else records.push(record);
  }
  for (const [word, file] of reply.lines) if (word === "odd") damaged.push({ file, why: { problem: "no-file" } });
  const told = reply.lists.get("findings");
  const documents = allToldIn(reply, "document");
  return {
    records,
    damaged,
    leftSealed: sealedRecords(left ?? []),
    known: told && utf8Of(told.pieces.join("\0")),
    documents: new Map(documents.map((text) => text.split(/ +/, 2) as [string, string])),
  };
}

export function fromElsewhere({ token, label }: RegistryRecord): Damage {
  return { file: `${token}.json`, why: { problem: "other-machine", label } };
}

/** Writes records, each whole or not at all. */
export async function putRecords(to: Requests, records: readonly RegistryRecord[]): Promise<void> {
  const replies = await Promise.all(
    records.map((record) => {
      const data = Buffer.from(`${JSON.stringify(record, null, 1)}\n`, "utf8");
      return ask(to, "put", { data, name: `${record.token}.json` });
    }),
  );
  expectWritten(replies, to.site);
}

/** Removes records; they may have gone already. */
export async function dropRecords(to: Requests, tokens: readonly string[]): Promise<void> {
  const replies = await Promise.all(tokens.map((token) => ask(to, "drop", { name: `${token}.json` })));
  expectWritten(replies, to.site);
}

/** Writes the files for people that differ from their text, beside the records. */
export async function putDocuments(
  to: Requests,
  documents: readonly { readonly name: string; readonly text: string }[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const texts = documents.map(({ name, text }) => ({ name, data: Buffer.from(text, "utf8") }));
  const changed = texts.filter(({ name, data }) => known.get(name) !== createHash("sha256").update(data).digest("hex"));
  const replies = await Promise.all(changed.map(({ name, data }) => ask(to, "put", { data, name })));
  expectWritten(replies, to.site);
}

/** Adds repairs to the registry's list of them, a line each. It does not fail: the host begins a damaged list anew. */
export async function addHistory(agent: Agent, lines: string): Promise<void> {
  await ask(agent, "history", { data: Buffer.from(lines, "ascii") });
}

function expectWritten(replies: readonly Reply[], site: Site): void {
  for (const reply of replies) expectDone(reply, "cannot write the registry", formatSite(site));
}

/** Removes everything that a change has staged, and a registry without records. */
export async function tidyRegistry(agent: Agent): Promise<void> {
  await ask(agent, "tidy");
}
