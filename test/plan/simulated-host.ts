import type { Agent } from "../../provider/agent/channel/agent";
import { Chain } from "../../provider/agent/channel/chain";
import { applySteps } from "../../provider/agent/requests/apply";
import { hasAccessEntries } from "../../provider/model/acl";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { ancestors } from "../../provider/model/path";
import type { Step } from "../../provider/plan/steps";

/** One command for one path, as the agent gets it. */
export interface Command {
  readonly name: string;
  readonly argument: string;
  readonly path: Bytes;
}

const site = { connection: { host: "simulated" }, root: "/jail" };

export type Tree = ReadonlyMap<Bytes, Live>;

/** The commands that the product itself sends for some steps, in its order. */
export async function commandsOf(steps: readonly Step[]): Promise<Command[]> {
  const sent: Command[] = [];
  const request = (line: string, data?: Buffer) => {
    const [name = "", , ...rest] = line.split(" ");
    for (const path of data?.toString("latin1").split("\0").slice(0, -1) ?? [])
      sent.push({ name, argument: rest.join(" "), path: (path.slice(path.indexOf(".//") + 3) || ".") as Bytes });
    return Promise.resolve({ status: 0, error: "", lines: [], entries: new Map(), lists: new Map() });
  };
  const chain = () => new Chain({ site, request: (line, data) => request(line.replace(/^1[+-]/, ""), data) }, 1);
  await applySteps({ site, request, chain } as unknown as Agent, steps);
  return sent;
}

/** A tree after steps, as Linux leaves it. */
export async function applied(entries: Tree, steps: readonly Step[]): Promise<Map<Bytes, Live>> {
  return (await commandsOf(steps)).reduce(after, new Map(entries));
}

/** A tree after one command. */
export function after(entries: Tree, { name, argument, path }: Command): Map<Bytes, Live> {
  const next = new Map(entries);
  const live = entries.get(path);
  if (name === "mkdir") {
    if (live) throw new Error(`mkdir: ${path} exists`);
    const parent = ancestors(path).at(-1) ?? (path === "." ? undefined : ("." as Bytes));
    if (parent !== undefined && entries.get(parent)?.type !== "directory") throw new Error(`mkdir: no ${parent}`);
    return next.set(path, { type: "directory", uid: 0, gid: 0, mode: 0o700, links: 2, inode: `1:new-${path}` });
  }
  if (!live) throw new Error(`${name}: no ${path}`);
  if (name === "quarantine") {
    for (const below of entries.keys()) if (below === path || below.startsWith(`${path}/`)) next.delete(below);
    return next;
  }
  return next.set(path, changed(live, name, argument));
}

function changed(live: Live, name: string, argument: string): Live {
  const { acl: _, capabilities: __, ...bare } = live;
  if (name === "chmod") return { ...live, mode: Number.parseInt(argument, 8) };
  if (name === "chown") {
    const [uid = 0, gid = 0] = argument.split(":").map(Number);
    if (live.type !== "file") return { ...live, uid, gid };
    // The kernel takes setuid, capabilities, and setgid where the group may execute (setattr_should_drop_suidgid).
    const dropped = live.mode & 0o010 ? 0o6000 : 0o4000;
    return { ...bare, ...(live.acl ? { acl: live.acl } : {}), uid, gid, mode: live.mode & ~dropped };
  }
  const caps = live.capabilities === undefined ? {} : { capabilities: live.capabilities };
  if (name === "acl") {
    const given = argument.split(",");
    const entries = given.filter((entry) => !entry.startsWith("mask::")).sort();
    const kept = given.some((entry) => entry.startsWith("mask::"))
      ? entries
      : entries.filter((entry) => !entry.startsWith("group::"));
    // With a mask the mode's group bits are the mask, else the group's own bits; the product sends both closed.
    if (!given.includes("mask::---") && !given.includes("group::---")) throw new Error(`an open mask: ${argument}`);
    if (given.includes("mask::---") !== hasAccessEntries(kept)) throw new Error(`not an ACL: ${argument}`);
    return { ...bare, ...caps, ...(kept.length > 0 ? { acl: kept } : {}), mode: live.mode & ~0o070 };
  }
  if (name !== "powers") throw new Error(`no command ${name}`);
  const acl = live.acl ? { acl: live.acl } : {};
  return { ...bare, ...acl, ...(argument === "" ? {} : { capabilities: argument }) };
}

/** A user of the host other than root. */
interface Who {
  readonly uid: number;
  readonly gids: readonly number[];
}

/** Owners, members of groups, users and groups of ACLs, and a stranger. */
const people: readonly Who[] = [
  { uid: 53, gids: [53] },
  { uid: 1000, gids: [1000] },
  { uid: 1000, gids: [53] },
  { uid: 7, gids: [7] },
  { uid: 8, gids: [7] },
  { uid: 9, gids: [53, 1000] },
  { uid: 99, gids: [] },
];

/**
 * Permissions that exist between some commands, but neither before nor after all of them. They include the rights that a
 * file gives to the user who runs it.
 */
export function looserThan(entries: Tree, commands: readonly Command[]): string[] {
  const found: string[] = [];
  const end = commands.reduce(after, new Map(entries));
  let now = new Map(entries);
  for (const command of commands) {
    now = after(now, command);
    const { path } = command;
    const [first, live, last] = [entries.get(path), now.get(path), end.get(path)];
    if (!live || !last) continue;
    const sides = [...(first?.type === live.type ? [first] : []), last];
    const moment = `${path} after ${command.name} ${command.argument}`;
    for (const who of people) {
      // An owner can give itself any permission.
      const allowed = sides.reduce((bits, side) => bits | (side.uid === who.uid ? 7 : access(side, who)), 0);
      const more = access(live, who) & ~allowed;
      if (more !== 0) found.push(`${JSON.stringify(who)} has ${more} of ${moment}`);
    }
    const known = sides.flatMap(powers);
    for (const power of powers(live)) if (!known.includes(power)) found.push(`${power} of ${moment}`);
  }
  return found;
}

function powers({ type, uid, gid, mode, capabilities }: Live): string[] {
  if (type !== "file") return [];
  return [
    ...(mode & 0o4000 ? [`setuid ${uid}`] : []),
    ...(mode & 0o2000 ? [`setgid ${gid}`] : []),
    ...(capabilities === undefined ? [] : [`capabilities ${capabilities}`]),
  ];
}

/** The permissions of a user for an entry, as three bits: the rules of acl(5). */
function access({ uid, gid, mode, acl = [] }: Live, who: Who): number {
  if (who.uid === uid) return (mode >> 6) & 7;
  const group = (mode >> 3) & 7;
  const bitsOf = (entry: string) =>
    [...entry.slice(-3)].reduce((bits, letter, at) => bits | (letter === "-" ? 0 : 4 >> at), 0);
  const isExtended = hasAccessEntries(acl);
  const user = acl.find((entry) => entry.startsWith(`user:${who.uid}:`));
  if (user) return bitsOf(user) & group;
  const own = isExtended ? acl.filter((entry) => entry.startsWith("group::")).map(bitsOf) : [group];
  const groups = [
    ...(who.gids.includes(gid) ? own : []),
    ...who.gids.flatMap((each) => acl.filter((entry) => entry.startsWith(`group:${each}:`)).map(bitsOf)),
  ];
  if (groups.length === 0) return mode & 7;
  return groups.reduce((bits, more) => bits | more) & (isExtended ? group : 7);
}
