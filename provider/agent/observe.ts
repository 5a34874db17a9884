import { createHash } from "node:crypto";
import { basename } from "node:path";
import { ChrootError } from "../errors";
import { parseRecord, type RegistryRecord } from "../intent/declaration";
import { type Bytes, bytesOf, fromWire, show, showRemote, toBuffer } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import type { Principals } from "../model/entry";
import type { Observation } from "../observe/observation";
import { connect } from "../ssh/host";
import { Agent, expectDone, type Reply } from "./agent";

/** A jail as a place: where it is and how to get there. */
export interface Site {
  readonly connection: Connection;
  readonly root: string;
}

export function formatSite({ connection, root }: Site): string {
  return `${formatHost(connection)}:${root}`;
}

/** `user@host:/root/path`; `.` is the root itself. */
export function formatPlace(site: Site, path: Bytes): string {
  return path === "." ? formatSite(site) : `${formatSite(site)}/${show(path)}`;
}

/** The registry's directory for a root: for people by its name, unique by its hash. */
export function registryName(root: string): string {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  return `${basename(root).replace(/[^A-Za-z0-9_-]/g, "_")}-${hash}`;
}

/** Runs one agent on the host. It ends, with its lock, when `use` is done. */
export async function withAgent<T>(site: Site, use: (agent: Agent) => Promise<T>): Promise<T> {
  const host = await connect(site.connection);
  const agent = new Agent(await host.open(Agent.command()));
  try {
    return await use(agent);
  } finally {
    agent.close();
  }
}

/** Seconds to wait for another run that changes the jail. */
const lockWait = 10;

/** One look at a jail: facts, registry and scan in one round trip. Nothing on the host is changed. */
export function observe(site: Site): Promise<Observation> {
  return withAgent(site, async (agent) => {
    const [registry, observed] = await Promise.all([lockRegistry(agent, site, "-s"), look(agent, site)]);
    return { ...observed, ...registry };
  });
}

type Registered = Pick<Observation, "records" | "damaged">;

/** Takes the registry's lock, shared for a look and exclusive for a change, and reads the records. */
export async function lockRegistry(agent: Agent, site: Site, mode: "-s" | "-x"): Promise<Registered> {
  const where = formatSite(site);
  const wait = Math.min(lockWait, Math.ceil((site.connection.perDialTimeout ?? 15) / 2));
  const reply = await agent.request(`registry ${registryName(site.root)} ${mode} ${wait}`);
  if (reply.lines.some(([word]) => word === "busy"))
    throw new ChrootError("busy", {
      what: "the jail is locked",
      where,
      why: `another run has been changing it for more than ${wait} s`,
      remedy: "wait for it to end, then run again",
    });
  expectDone(reply, "cannot read the registry", where);
  const records: RegistryRecord[] = [];
  const damaged: string[] = [];
  for (const [word, rest] of reply.lines) {
    if (word !== "record") continue;
    const space = rest.indexOf(" ");
    const record = parseRecord(Buffer.from(rest.slice(space + 1), "latin1").toString("utf8"));
    if (typeof record === "string") damaged.push(`${rest.slice(0, space)} ${record}`);
    else records.push(record);
  }
  return { records, damaged };
}

type Looked = Omit<Observation, "records" | "damaged">;

/** Walks to the root and scans it. With `make`, a root that is absent is made, closed to everybody but root. */
export async function look(agent: Agent, site: Site, options: { make?: boolean } = {}): Promise<Looked> {
  const root = toBuffer(bytesOf(site.root));
  const [facts, entered, scan] = await Promise.all([
    agent.request("facts"),
    agent.request(`enter ${root.length}${options.make ? " make" : ""}`, root),
    agent.request("scan"),
  ]);
  const fact = (word: string) => facts.lines.find(([name]) => name === word)?.[1] ?? "";
  checkRights(fact("uid"), site);
  checkEntered(entered, site);
  checkScanned(scan, site);
  return {
    entries: scan.entries,
    mounts: scan.lines.filter(([word]) => word === "mount").map(([, path]) => fromWire(path)),
    principals: principals(fact("passwd"), fact("group")),
    machineId: fact("machine"),
    gaps: facts.lines.filter(([word]) => word === "gap").map(([, tool]) => gapText(tool)),
  };
}

function gapText(tool: string): string {
  return `no ${tool} command: runs at the same time are not kept apart on this host`;
}

function checkRights(uid: string, site: Site): void {
  if (uid !== "0")
    throw new ChrootError("not-root", {
      what: "cannot look at the jail",
      where: formatSite(site),
      why: `logged in with uid ${uid}, and only root may read and change all of a jail`,
      remedy: 'connect as root (connection.user: "root")',
    });
}

function checkEntered(entered: Reply, site: Site): void {
  const refuse = (code: "unsafe-parent" | "not-a-directory", why: string, remedy: string) => {
    throw new ChrootError(code, { what: "cannot enter the jail", where: formatSite(site), why, remedy });
  };
  for (const [word, rest] of entered.lines) {
    if (word === "unsafe") {
      const at = rest.replace(/ \S+ \S+$/, "");
      const why = `its parent ${show(fromWire(at))} is ${rest.slice(at.length + 1)}: who may write there can replace the jail`;
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

function checkScanned(scan: Reply, site: Site): void {
  // Entries that vanish while find walks are no trouble: what is gone needs nothing.
  if (scan.status === 0 || scan.error.split("\n").every((line) => /: No such file or directory$/.test(line))) return;
  const where = formatSite(site);
  if (/printf/.test(scan.error))
    throw new ChrootError("unsupported", {
      what: "cannot scan the jail",
      where,
      why: "the host's find is not GNU find (BusyBox is not supported yet)",
      remedy: "install findutils there",
    });
  throw new ChrootError("unreadable", { what: "cannot scan the jail", where, why: showRemote(scan.error) });
}

function principals(passwd: string, group: string): Principals {
  const [uids, users] = ids(passwd);
  const [gids, groups] = ids(group);
  return { uids, gids, users, groups };
}

/** `name:number` lines; the first name of a number and the first number of a name count, as in getpwuid(3). */
function ids(lines: string): [Map<string, number>, Map<number, string>] {
  const byName = new Map<string, number>();
  const byId = new Map<number, string>();
  for (const line of lines.split("\n")) {
    const [name = "", number = ""] = line.split(":");
    if (name === "" || !/^[0-9]+$/.test(number)) continue;
    if (!byName.has(name)) byName.set(name, Number(number));
    if (!byId.has(Number(number))) byId.set(Number(number), name);
  }
  return [byName, byId];
}

/** Asks a directory service for names that the host's files do not have; those that it has not either stay unknown. */
export async function withNames(
  site: Site,
  observation: Observation,
  names: { users: readonly string[]; groups: readonly string[] },
): Promise<Observation> {
  const { uids, gids } = observation.principals;
  const users = unknown(names.users, uids);
  const groups = unknown(names.groups, gids);
  if (users.length + groups.length === 0) return observation;
  const found = await withAgent(site, (agent) =>
    Promise.all(
      (
        [
          ["passwd", users],
          ["group", groups],
        ] as const
      ).map(async ([database, list]) => {
        const data = Buffer.from(list.map((name) => `${name}\n`).join(""), "utf8");
        const reply = await agent.request(`names ${database} ${data.length}`, data);
        return reply.lines.map(([, line]) => line).join("\n");
      }),
    ),
  );
  const more = principals(found[0] ?? "", found[1] ?? "");
  return {
    ...observation,
    principals: {
      uids: new Map([...uids, ...more.uids]),
      gids: new Map([...gids, ...more.gids]),
      users: new Map([...more.users, ...observation.principals.users]),
      groups: new Map([...more.groups, ...observation.principals.groups]),
    },
  };
}

function unknown(names: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  return [...new Set(names)].filter((name) => !ids.has(name) && !/^[0-9]+$/.test(name));
}
