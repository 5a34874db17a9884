import { ChrootError } from "../../errors";
import { type Bytes, fromWire, showRemote, toBuffer } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { type LiveMount, parseMount } from "../../model/mount";
import type { Filesystem, Unseen } from "../../observe/observation";
import { hotAtOrAbove, isStable, isWithin } from "../../plan/seal/zone";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { statEntries } from "../channel/entry-lines";
import { allToldIn, emptyList, expectDone, type List, type Reply, toldIn } from "../channel/reply";
import { pathList } from "../paths";
import { cut, type ListOf } from "../protocol";
import { formatSite, type Site } from "../site";
import { failedLooks, noteUnread, printedAcls, printedCapabilities } from "./acls-and-capabilities";
import { checkScanned, gaveUp, notUnderstood, unreadPlaces } from "./complaints";

export interface Scanned {
  readonly entries: ReadonlyMap<Bytes, Live>;
  readonly mounts: readonly Bytes[];
  readonly mounted: ReadonlyMap<Bytes, LiveMount>;
  /** The file system of the root. */
  readonly filesystem?: Filesystem;
  /** The place at the root or above it where a mount of the host's fstab is missing. */
  readonly unmounted?: Bytes;
}

/** The zone of a scan: the whole jail, some subtrees of it, or single paths. */
export type Zone = "all" | { readonly below: readonly Bytes[] } | { readonly at: readonly Bytes[] };

/** Tries for a whole look at a zone; the later ones leave out directories that change all the time. */
const [attempts, mostAttempts] = [4, 8];

/**
 * Reads metadata, ACLs and capabilities of a zone, in one round trip. Subtrees and single paths need the registry's
 * lock.
 */
export async function scan(agent: Agent, zone: Zone = "all"): Promise<Scanned> {
  return readScan(await askScan(agent, "scan", zone), agent.site);
}

/**
 * Asks for a scan, for `readScan`. find gives up the rest when directories are moved while it is in them, and it enters
 * a mount that comes meanwhile: then the look is taken again. The last looks do not enter moving directories.
 */
export async function askScan(agent: Agent, request: "scan" | "look", zone: Zone): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const before = [...sendLeftOut(agent), sendZone(agent, zone)];
    const [reply, ...zoned] = await Promise.all([ask(agent, request), ...before]);
    for (const each of zoned) expectDone(each, "cannot scan the jail", formatSite(agent.site));
    const isGivenUp = [...reply.lists.values()].some(({ error }) => gaveUp.test(error));
    if (!isGivenUp && (attempt >= attempts || remounted(reply).length === 0)) return reply;
    if (attempt >= mostAttempts || (attempt >= attempts && !(request === "look" && leaveMoving(agent, reply))))
      return reply;
  }
}

/** Tells the host the subtrees that a look leaves out, as patterns of find, a line each. */
function sendLeftOut(agent: Agent): Promise<Reply>[] {
  const { unseen } = agent.leftOut;
  if (unseen.length === 0) return [];
  const patterns = toBuffer(unseen.map(({ at }) => at.replace(/[[\]*?\\]/g, "\\$&")).join("\n") as Bytes);
  return [ask(agent, "skip", { data: patterns })];
}

/** Leaves out the directory of a user other than root in which find gave up; false without one whose name has one line. */
function leaveMoving({ leftOut }: Agent, { entries }: Reply): boolean {
  const last = [...entries.keys()].at(-1);
  const [top] = last === undefined ? [] : hotAtOrAbove(entries, [last]);
  const at = top === "." ? last?.split("/")[0] : top;
  if (at === undefined || at === "." || at.includes("\n") || leftOut.unseen.some((place) => place.at === at))
    return false;
  leftOut.add(at as Bytes, { problem: "directories-moving" });
  return true;
}

/** The places where something was mounted or unmounted during the look. */
function remounted(reply: Reply): Bytes[] {
  return allToldIn(reply, "remounted").map(fromWire);
}

export function readScan(reply: Reply, site: Site): Scanned {
  expectDone(reply, "cannot scan the jail", formatSite(site));
  const changing = remounted(reply);
  const mounted = allToldIn(reply, "mount").map(fromWire);
  const mounts = [...new Set([...mounted, ...changing])];
  // Where find prints no metadata, stat prints the entries.
  const stats = reply.lists.get("stats");
  const lacks = allToldIn(reply, "without");
  const listOf = (name: ListOf<"scan">) => reply.lists.get(name) ?? (lacks.includes(name) ? emptyList : missing);
  const [found, acls] = [stats ?? listOf("entries"), listOf("getfacl")];
  const capabilities = reply.lists.get("plain_getcap") ?? listOf("getcap");
  for (const list of [found, acls, capabilities]) checkScanned(list, site);
  const { entries, strange } = stats ? statEntries(stats.pieces) : { entries: reply.entries, strange: found.pieces };
  if (strange.length > 0)
    throw notUnderstood("cannot scan the jail", "this host's find", strange.join("\n"), formatSite(site));
  // These entries may belong to either file system.
  if (changing.length > 0) for (const path of [...entries.keys()]) if (isWithin(path, changing)) entries.delete(path);
  const isKnown = (path: Bytes) => entries.has(path);
  const [withAcl, withCapabilities] = [printedAcls(acls.pieces), printedCapabilities(capabilities.pieces, isKnown)];
  for (const [path, acl] of withAcl.found) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, acl });
  }
  for (const [path, text] of withCapabilities.found) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, capabilities: text });
  }
  // Users other than root may make such entries all the time where they may write.
  const isNew = (path: Bytes) => !entries.has(path) && isStable(entries, path);
  const unfound = [...withAcl.found.keys()]
    .filter(isNew)
    .map((at): Unseen => ({ at, why: { problem: "came-meanwhile" } }));
  const failed = [acls, capabilities].flatMap((list) => failedLooks(list, isKnown));
  const places = unreadPlaces(found, mounts, isKnown);
  const moved = changing.map((path): Unseen => ({ at: path, why: { problem: "mount-changing", path } }));
  noteUnread(entries, [...withAcl.unread, ...withCapabilities.unread, ...unfound, ...failed, ...places, ...moved]);
  return { entries, mounts, mounted: readMounted(reply), ...readFilesystem(reply) };
}

/** Reads `mount path`, and the mount on the line behind it. The last of several at one place counts. */
function readMounted({ lines }: Reply): Map<Bytes, LiveMount> {
  const found = new Map<Bytes, LiveMount>();
  lines.forEach(([word, path], index) => {
    const [next, text = ""] = lines[index + 1] ?? [];
    const mount = word === "mount" && next === "mounted" ? parseMount(text) : undefined;
    if (word === "mount" && !mount) throw strangeMount(text);
    if (mount) found.set(fromWire(path), mount);
  });
  return found;
}

/** Without that line another mount would come over an unknown one. */
function strangeMount(text: string): ChrootError {
  const why = `a line of /proc/self/mountinfo is not understood: ${showRemote(text, 200)}`;
  return new ChrootError("unreadable", { what: "cannot scan the jail", where: "", why });
}

/**
 * Reads the mount that the root is on, or will be on, in the words of /proc/self/mountinfo (proc(5)); and a missing
 * one.
 */
export function readFilesystem(reply: Reply): Pick<Scanned, "filesystem" | "unmounted"> {
  const text = toldIn(reply, "on") ?? "";
  const path = toldIn(reply, "unmounted");
  const unmounted = path === undefined ? {} : { unmounted: fromWire(path) };
  if (text !== "" && !parseMount(text)) throw strangeMount(text);
  const { type, options, superOptions } = parseMount(text) ?? {};
  if (type === undefined || !options || !superOptions) return unmounted;
  return {
    ...unmounted,
    filesystem: { type: showRemote(type), options: new Set([...options, ...superOptions.keys()]) },
  };
}

/** The list of a process that has died. */
const missing: List = { ...emptyList, status: cut };

function sendZone(agent: Agent, zone: Zone): Promise<Reply> {
  if (zone === "all") return ask(agent, "zone");
  if ("below" in zone) return ask(agent, "zone", { data: subtreeList(zone.below) });
  return ask(agent, "zone", { data: pathList(zone.at), depth: 0 });
}

/** The list of a request about subtrees; undefined for the whole jail. */
export function subtreeList(tops: readonly Bytes[]): Buffer | undefined {
  return tops.includes("." as Bytes) ? undefined : pathList(tops);
}
