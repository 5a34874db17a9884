import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import type { Agent } from "../../provider/agent/channel/agent";
import { applySteps } from "../../provider/agent/requests/apply";
import { enter } from "../../provider/agent/requests/enter";
import { lockRegistry, tidyRegistry } from "../../provider/agent/requests/registry";
import type { Site } from "../../provider/agent/site";
import type { Bytes } from "../../provider/model/bytes";
import type { Connection } from "../../provider/model/connection";
import type { EntryType, Live } from "../../provider/model/entry";
import type { Step } from "../../provider/plan/steps";
import { withAgent } from "./connections";
import type { LabHost } from "./sshd";

/** A jail on a lab host, for the provider's own functions. */
export function siteOn(host: LabHost, root: string, more: Partial<Connection> = {}): Site {
  return { connection: { ...host.connection, ...more }, root };
}

/** Enters, locks for a change and does some steps, as one convergence does. */
export function change<T>(site: Site, work: (agent: Agent) => Promise<T>): Promise<T> {
  return withAgent(site, async (agent) => {
    await lockRegistry(agent, "-x");
    await enter(agent);
    const done = await work(agent);
    await tidyRegistry(agent);
    return done;
  });
}

/** Returns the error. */
export function doSteps(site: Site, steps: readonly Step[]): Promise<string[]> {
  return change(site, async (agent) => [...(await applySteps(agent, steps)).errors]);
}

/** An entry as Node's own lstat reports it. `ctime` shows whether the inode was changed. */
export interface Seen extends Live {
  readonly ctime: bigint;
}

/** A tree as Node sees it, in the form of a scan: the second opinion beside find. Paths are latin1, `.` is the top. */
export function walk(top: string, skip: (path: Bytes) => boolean = () => false): Map<Bytes, Seen> {
  const found = new Map<Bytes, Seen>();
  const visit = (path: Bytes) => {
    if (skip(path)) return;
    const file = Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, "latin1")]);
    const stat = lstatSync(file, { bigint: true });
    const type = typeOf(stat);
    found.set(path, {
      type,
      mode: Number(stat.mode & 0o7777n),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      links: Number(stat.nlink),
      inode: `${stat.dev}:${stat.ino}`,
      size: Number(stat.size),
      ...(type === "link" ? { target: readlinkSync(file, { encoding: "latin1" }) as Bytes } : {}),
      ctime: stat.ctimeNs,
    });
    if (type !== "directory") return;
    for (const name of readdirSync(file, { encoding: "latin1" }))
      visit((path === "." ? name : `${path}/${name}`) as Bytes);
  };
  visit("." as Bytes);
  return found;
}

/** The same without the times, sorted, for a comparison with a scan. */
export function entriesOf(tree: ReadonlyMap<Bytes, Live & { ctime?: bigint }>): [Bytes, Live][] {
  return [...tree]
    .map(([path, { ctime: _, ...live }]): [Bytes, Live] => [path, live])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

interface Stat {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isCharacterDevice(): boolean;
}

function typeOf(stat: Stat): EntryType {
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "link";
  if (stat.isFIFO()) return "fifo";
  if (stat.isSocket()) return "socket";
  if (stat.isFile()) return "file";
  return stat.isCharacterDevice() ? "character device" : "block device";
}
