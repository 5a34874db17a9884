import { basename } from "node:path";
import { ChrootError } from "../errors";
import { type Damage, parseRecord, type RegistryRecord } from "../intent/declaration";
import { fromWire, show, utf8Of } from "../model/bytes";
import type { Observation } from "../observe/observation";
import { arrival } from "../ssh/arrival";
import { open } from "../ssh/host";
import { timeoutOf } from "../ssh/patience";
import { Agent } from "./agent";
import type { Chain } from "./chain";
import type { Foresight } from "./foresight";
import { principals } from "./ids";
import { recordsOfRegistries } from "./neighbours";
import { printedFiles, sealedRecords } from "./records";
import { expectDone, type Reply } from "./reply";
import { askScan, readFilesystem, readScan, type Scanned } from "./scan";
import { formatSite, registryName, type Site } from "./site";

/** Runs one agent on the host. It ends, with its lock, when `use` is done. */
export async function withAgent<T>(site: Site, use: (agent: Agent) => Promise<T>, foresight?: Foresight): Promise<T> {
  let agent: Agent | undefined;
  try {
    agent = await startAgent(site, foresight);
    return await use(agent);
  } catch (error) {
    throw atSite(error, site);
  } finally {
    agent?.close();
  }
}

/** One that its user has to close. */
export async function startAgent({ connection }: Site, foresight?: Foresight): Promise<Agent> {
  return new Agent(await open(connection, Agent.command(connection.become)), foresight ? { foresight } : {});
}

/** A connection knows its host only; whoever reads this wants to know which jail it was for. */
export function atSite(error: unknown, site: Site): unknown {
  return error instanceof ChrootError ? error.at(formatSite(site)) : error;
}

/** Waits for the host of a jail that is made there, as it may be as new. */
export async function awaitHost(site: Site): Promise<void> {
  await arrival(site.connection).catch((error: unknown) => {
    throw atSite(error, site);
  });
}

/** Seconds to wait for another run that changes the jail. */
const lockWait = 10;

/** One look at a jail: facts, registry and scan in one round trip, while nobody changes it. Nothing on the host is changed. */
export function observe(site: Site): Promise<Observation> {
  return withAgent(site, (agent) => lockAndLook(agent, site, "-s"));
}

/** The same by an agent that is asked more, or changes something: that one has the lock until it ends. */
export async function lockAndLook(agent: Agent, site: Site, mode: "-s" | "-x"): Promise<Looked> {
  const looking = Promise.all([lockRegistry(agent, site, mode), look(agent, site)]);
  agent.foresee();
  return (await looking)[1];
}

/** Takes the registry's lock: shared for a look, exclusive for a change. */
export async function lockRegistry(agent: Agent, site: Site, mode: "-s" | "-x"): Promise<void> {
  const where = formatSite(site);
  const wait = Math.min(lockWait, Math.ceil(timeoutOf(site.connection) / 2000));
  const reply = await agent.request(`registry ${registryName(site.root)} ${mode} ${wait}`);
  if (reply.lines.some(([word]) => word === "busy"))
    throw new ChrootError("busy", {
      what: "the jail is locked",
      where,
      why: `another run has been changing it for more than ${wait} s`,
      remedy: "wait for it to end, then run again",
    });
  expectDone(reply, "cannot read the registry", where);
}

/** What the registry of a root holds. */
export interface Registered extends Pick<Observation, "records" | "damaged" | "leftSealed"> {
  /** Checksums of the documents that are written for people, by name; read for a change only. */
  readonly documents: ReadonlyMap<string, string>;
}

/** The records of a registry that is locked, whatever machine they were written on. */
export async function readRegistry(agent: Agent, site: Site): Promise<Registered> {
  return registered(expectDone(await agent.request("records"), "cannot read the registry", formatSite(site)), site);
}

function registered(reply: Reply, site: Site): Registered {
  const records: RegistryRecord[] = [];
  const damaged: Damage[] = [];
  // What there is none of is not told.
  const [files, left] = ["records", "left"].map((name) => {
    const list = reply.lists.get(name);
    return list ? expectDone(list, "cannot read the registry", formatSite(site)).pieces : [];
  });
  for (const [path, text] of printedFiles(files ?? [])) {
    const record = parseRecord(basename(path), utf8Of(text));
    if ("why" in record) damaged.push(record);
    else records.push(record);
  }
  const documents = reply.lines.filter(([word]) => word === "document");
  return {
    records,
    damaged,
    leftSealed: sealedRecords(left ?? []),
    documents: new Map(documents.map(([, text]) => text.split(/ +/, 2) as [string, string])),
  };
}

function fromElsewhere({ token, label }: RegistryRecord): Damage {
  return {
    file: `${token}.json`,
    why: `declares ${label} of another machine, of which this one is a copy`,
    isLater: false,
  };
}

/** Sends the agent to a jail's root; in a chain, which makes one that is absent. */
export function enter(agent: Agent, root: string, makeIn?: Chain): Promise<Reply> {
  const line = Buffer.from(root, "utf8");
  return makeIn ? makeIn.request(`enter ${line.length} make`, line) : agent.request(`enter ${line.length}`, line);
}

/** What a look has found, and for a change the documents that are there. */
type Looked = Observation & Pick<Registered, "documents">;

/** Walks to the root and looks at it. In a chain a root that is absent is made, closed to everybody but root. */
export async function look(agent: Agent, site: Site, { makeIn }: { makeIn?: Chain } = {}): Promise<Looked> {
  const [entered, reply] = await Promise.all([enter(agent, site.root, makeIn), askScan(agent, site, "look", "all")]);
  const fact = (word: string) => reply.lines.find(([name]) => name === word)?.[1] ?? "";
  // Where a NUL was there is one again: no two halves of a line become another one.
  const listed = (name: string) => reply.lists.get(name)?.pieces.join("\0") ?? "";
  checkTold(reply, site);
  // Whatever keeps it from being entered is told first.
  checkRights(fact("uid"), site);
  checkEntered(entered, site);
  const absent = entered.lines.find(([word]) => word === "absent")?.[1];
  const { tooDeep, ...found } = absent !== undefined ? { ...nothing, ...readFilesystem(reply) } : readScan(reply, site);
  const { records, damaged, ...registry } = registered(reply, site);
  const machineId = show(fromWire(fact("machine")));
  // A record of another machine came with a copy of its disk: it says nothing of this one.
  const copied = records.filter(({ machine }) => machine !== machineId);
  const lacks = new Set(reply.lines.filter(([word]) => word === "gap").map(([, tool]) => tool));
  const can = {
    acl: !lacks.has("getfacl") && !lacks.has("setfacl"),
    capabilities: !lacks.has("getcap") && !lacks.has("setcap"),
  };
  return {
    ...found,
    ...(absent === undefined ? {} : { absent: fromWire(absent) }),
    ...registry,
    records: records.filter((record) => !copied.includes(record)),
    damaged: [...damaged, ...copied.map(fromElsewhere)],
    nested: [...recordsOfRegistries(reply.lists.get("nested")).values()]
      .flat()
      .filter(({ machine }) => machine === machineId),
    principals: principals(listed("passwd"), listed("group")),
    machineId,
    hasSystemd: fact("boot") === "systemd",
    can,
    gaps: [
      ...gapTexts(lacks, can),
      ...(tooDeep > 0
        ? [`${tooDeep} directories are too deep for this host's find: what is below is not checked`]
        : []),
    ],
    notices: agent.notices,
  };
}

function gapTexts(lacks: ReadonlySet<string>, can: Observation["can"]): string[] {
  return [
    ...(lacks.has("flock") ? ["no flock command: runs at the same time are not kept apart on this host"] : []),
    ...(can.acl ? [] : ["no getfacl and setfacl commands (package acl): ACLs are not checked on this host"]),
    ...(can.capabilities
      ? []
      : ["no getcap and setcap commands (package libcap2-bin): file capabilities are not checked on this host"]),
    ...(lacks.has("protected_hardlinks")
      ? ["fs.protected_hardlinks is 0: everybody on this host may give files of others a second name, set it to 1"]
      : []),
  ];
}

/** The process that tells of the host and the registry has told all of it. */
function checkTold(reply: Reply, site: Site): void {
  const isCut = ["passwd", "group", "nested"].some((name) => (reply.lists.get(name)?.status ?? 0) > 123);
  const isTold = ["uid", "known"].every((fact) => reply.lines.some(([word]) => word === fact));
  if (isTold && !isCut) return;
  expectDone(reply, "cannot look at the jail", formatSite(site));
  throw new ChrootError("unreadable", {
    what: "cannot look at the jail",
    where: formatSite(site),
    why: "a process of the agent was killed: out of memory, or of processes?",
  });
}

const nothing: Scanned = { entries: new Map(), mounts: [], mounted: new Map(), tooDeep: 0 };

function checkRights(uid: string, site: Site): void {
  if (uid !== "0")
    throw new ChrootError("not-root", {
      what: "cannot look at the jail",
      where: formatSite(site),
      why: `logged in with uid ${uid}, and only root may read and change all of a jail`,
      remedy: 'log in as root (connection.user: "root"), or set connection.become',
    });
}

function checkEntered(entered: Reply, site: Site): void {
  const refuse = (code: "unsafe-parent" | "not-a-directory", why: string, remedy: string) => {
    throw new ChrootError(code, { what: "cannot enter the jail", where: formatSite(site), why, remedy });
  };
  for (const [word, rest] of entered.lines) {
    if (word === "unsafe") {
      const [, at = "", owners = "", mode = ""] = /^(.*) (\S+) (\S+)$/.exec(rest) ?? [];
      const why = `its parent ${show(fromWire(at))} is ${owners} ${mode.padStart(4, "0")}: who may write there can replace the jail`;
      refuse("unsafe-parent", why, `make ${show(fromWire(at))} root's, with no write permission for group and others`);
    }
    if (word === "nodir") {
      const link = rest.startsWith("symbolic link");
      const type = /^(.*?) \//.exec(rest)?.[1] ?? "";
      const at = show(fromWire(rest.slice(type.length + 1)));
      refuse(
        "not-a-directory",
        `${at} is a ${type}, not a directory`,
        link ? "declare the path that it points to" : "declare another root",
      );
    }
  }
  expectDone(entered, "cannot enter the jail", formatSite(site));
}
