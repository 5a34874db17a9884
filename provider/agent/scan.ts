import { ChrootError } from "../errors";
import { type Bytes, fromWire, showRemote, toBuffer } from "../model/bytes";
import type { Live } from "../model/entry";
import { type LiveMount, parseMount } from "../model/mount";
import type { Filesystem } from "../observe/observation";
import type { Agent } from "./agent";
import { printedAcls, printedCapabilities, statEntries, toAgent } from "./records";
import { emptyList, expectDone, type List, type Reply } from "./reply";
import { formatSite, type Site } from "./site";

export interface Scanned {
  readonly entries: ReadonlyMap<Bytes, Live>;
  readonly mounts: readonly Bytes[];
  readonly mounted: ReadonlyMap<Bytes, LiveMount>;
  /** What the root is on. */
  readonly filesystem?: Filesystem;
  /** Where the host's fstab mounts something at the root or above it, and nothing is mounted. */
  readonly unmounted?: Bytes;
  /** How many places are too deep for the host's tools to look at. */
  readonly tooDeep: number;
}

/** What a scan is about: all of the jail, some subtrees of it, or single paths. */
export type Zone = "all" | { readonly below: readonly Bytes[] } | { readonly at: readonly Bytes[] };

/** Looks at a zone until one look is whole. */
const attempts = 4;

/** Metadata, ACLs and capabilities of a zone, in one round trip. Subtrees and single paths need the registry's lock. */
export async function scan(agent: Agent, site: Site, zone: Zone = "all"): Promise<Scanned> {
  return readScan(await askScan(agent, site, "scan", zone), site);
}

/**
 * The reply to a request that scans, for `readScan`. Where directories are moved while find is in them it gives up all
 * that is left: then the look is taken again.
 */
export async function askScan(agent: Agent, site: Site, request: "scan" | "look", zone: Zone): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const [zoned, reply] = await Promise.all([sendZone(agent, zone), agent.request(request)]);
    expectDone(zoned, "cannot scan the jail", formatSite(site));
    if (attempt === attempts || ![...reply.lists.values()].some(({ error }) => gaveUp.test(error))) return reply;
  }
}

const gaveUp = /^find: failed to read file names/m;

export function readScan(reply: Reply, site: Site): Scanned {
  expectDone(reply, "cannot scan the jail", formatSite(site));
  const mounts = reply.lines.filter(([word]) => word === "mount").map(([, path]) => fromWire(path));
  // Where find prints no metadata, the entries are what stat has printed.
  const stats = reply.lists.get("stats");
  const lacks = reply.lines.filter(([word]) => word === "without").map(([, tool]) => tool);
  const listOf = (name: string) => reply.lists.get(name) ?? (lacks.includes(name) ? emptyList : missing);
  const [found, acls, capabilities] = [stats ?? listOf("entries"), listOf("getfacl"), listOf("getcap")];
  for (const list of [found, acls, capabilities]) checkScanned(list, mounts, site);
  const entries = stats ? statEntries(stats.pieces) : reply.entries;
  for (const [path, acl] of printedAcls(acls.pieces)) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, acl });
  }
  for (const [path, text] of printedCapabilities(capabilities.pieces, (known) => entries.has(known))) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, capabilities: text });
  }
  const tooDeep = found.error.split("\n").filter((line) => /^(find|stat): .*File name too long$/.test(line)).length;
  return { entries, mounts, mounted: readMounted(reply), tooDeep, ...readFilesystem(reply) };
}

/** `mount path`, and what is mounted there on the line behind it. Of several at one place the last is seen. */
function readMounted({ lines }: Reply): Map<Bytes, LiveMount> {
  const found = new Map<Bytes, LiveMount>();
  lines.forEach(([word, path], index) => {
    const [next, text = ""] = lines[index + 1] ?? [];
    const mount = word === "mount" && next === "mounted" ? parseMount(text) : undefined;
    if (mount) found.set(fromWire(path), mount);
  });
  return found;
}

/** What is mounted where the root is, or will be, as /proc/self/mountinfo says it (proc(5)); and what is not. */
export function readFilesystem({ lines }: Reply): Pick<Scanned, "filesystem" | "unmounted"> {
  const [, text = ""] = lines.find(([word]) => word === "on") ?? [];
  const [, path] = lines.find(([word]) => word === "unmounted") ?? [];
  const unmounted = path === undefined ? {} : { unmounted: fromWire(path) };
  const { type, options, superOptions } = parseMount(text) ?? {};
  if (type === undefined || !options || !superOptions) return unmounted;
  return {
    ...unmounted,
    filesystem: { type: showRemote(type), options: new Set([...options, ...superOptions.keys()]) },
  };
}

/** The process that was to tell it has died. */
const missing: List = { ...emptyList, status: 255 };

function sendZone(agent: Agent, zone: Zone): Promise<Reply> {
  if (zone === "all") return agent.request("zone");
  if ("below" in zone) return agent.request(...onSubtrees("zone", zone.below));
  const list = pathList(zone.at);
  return agent.request(`zone ${list.length} 0`, list);
}

/** A request about subtrees; without a list it is about all of the jail. */
export function onSubtrees(request: "zone" | "seal", tops: readonly Bytes[]): [line: string, list?: Buffer] {
  if (tops.includes("." as Bytes)) return [request];
  const list = pathList(tops);
  return [`${request} ${list.length}`, list];
}

/** Paths as the agent takes them: `.//` before each, NUL behind. */
export function pathList(paths: readonly Bytes[]): Buffer {
  return toBuffer(paths.map((path) => `${toAgent(path)}\0`).join("") as Bytes);
}

// Errors of names that are replaced between find's looks at them, and of file systems that have no ACLs.
// libacl asks for the default ACL of what was a directory a moment ago, and then says that permission is denied.
const gone =
  /^getfacl: .*: Permission denied$|(No such file or directory|Not a directory|Invalid argument|Too many levels of symbolic links|Operation not supported|File name too long)\)?\.?$/;
const tool = /^(find|stat|getfacl|getcap|xargs|sh|Failed to get capabilities)\b/;

/**
 * Entries that vanish while find walks are no trouble: what is gone needs nothing. A mount point is not looked into, whatever
 * find thinks of it. A line that no tool begins is the rest of a name with a line break in it.
 */
function checkScanned({ status, error }: List, mounts: readonly Bytes[], site: Site): void {
  const lines = error.split("\n").filter((line) => line !== "");
  const isHarmless = (line: string) =>
    (gone.test(line) && !gaveUp.test(line)) ||
    mounts.some((mount) => line.startsWith(`find: './/${mount}': `) || line.startsWith(`find: .//${mount}: `));
  const problems = lines.filter((line, index) => !isHarmless(line) && (index === 0 || tool.test(line)));
  const isCutName =
    problems.length === 1 && problems[0] === lines[0] && gone.test(lines.at(-1) ?? "") && !gaveUp.test(lines[0] ?? "");
  // find ends with 1 and xargs with 123 where a name was gone; what is above says that a tool was killed, or is not there.
  const isWhole = status <= 123;
  if (isWhole && (problems.length === 0 || isCutName)) return;
  const changing = problems.some((line) => gaveUp.test(line));
  throw new ChrootError("unreadable", {
    what: "cannot scan the jail",
    where: formatSite(site),
    why:
      (showRemote(problems.join("\n")) || `a process was killed (status ${status}): out of memory?`) +
      (changing ? ": directories are moved there all the time" : ""),
    ...(changing ? { remedy: "stop who moves them, the daemon most likely, then run again" } : {}),
  });
}
