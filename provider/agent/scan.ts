import { ChrootError } from "../errors";
import { type Bytes, fromWire, showRemote, toBuffer } from "../model/bytes";
import type { Live } from "../model/entry";
import { type Agent, expectDone, type Reply } from "./agent";
import { printedAcls, printedCapabilities, statEntries, toAgent } from "./records";
import { formatSite, type Site } from "./site";

export interface Scanned {
  readonly entries: ReadonlyMap<Bytes, Live>;
  readonly mounts: readonly Bytes[];
  /** How many places are too deep for the host's tools to look at. */
  readonly tooDeep: number;
}

/** What a scan is about: all of the jail, some subtrees of it, or single paths. */
export type Zone = "all" | { readonly below: readonly Bytes[] } | { readonly at: readonly Bytes[] };

/** Looks at a zone until one look is whole. */
const attempts = 4;

/**
 * Metadata, ACLs and capabilities of a zone, in one round trip. Subtrees and single paths need the registry's lock. Where
 * directories are moved while find is in them it gives up all that is left: then the look is taken again.
 */
export async function scan(agent: Agent, site: Site, zone: Zone = "all"): Promise<Scanned> {
  for (let attempt = 1; ; attempt++) {
    const replies = await Promise.all([
      sendZone(agent, zone),
      agent.request("scan"),
      agent.request("acls"),
      agent.request("capabilities"),
    ]);
    if (attempt < attempts && replies.some(({ error }) => gaveUp.test(error))) continue;
    return readScan(replies, site);
  }
}

const gaveUp = /^find: failed to read file names/m;

function readScan([zoned, scanned, acls, capabilities]: readonly [Reply, Reply, Reply, Reply], site: Site): Scanned {
  expectDone(zoned, "cannot scan the jail", formatSite(site));
  const mounts = scanned.lines.filter(([word]) => word === "mount").map(([, path]) => fromWire(path));
  for (const reply of [scanned, acls, capabilities]) checkScanned(reply, mounts, site);
  const entries = new Map([...scanned.entries, ...statEntries(scanned.printed)]);
  for (const [path, acl] of printedAcls(acls.printed)) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, acl });
  }
  for (const [path, text] of printedCapabilities(capabilities.printed, (known) => entries.has(known))) {
    const live = entries.get(path);
    if (live) entries.set(path, { ...live, capabilities: text });
  }
  const tooDeep = scanned.error.split("\n").filter((line) => /^(find|stat): .*File name too long$/.test(line)).length;
  return { entries, mounts, tooDeep };
}

function sendZone(agent: Agent, zone: Zone): Promise<Reply> {
  if (zone === "all") return agent.request("zone");
  const list = pathList("below" in zone ? zone.below : zone.at);
  return agent.request(`zone ${list.length}${"at" in zone ? " 0" : ""}`, list);
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
function checkScanned(scanned: Reply, mounts: readonly Bytes[], site: Site): void {
  const lines = scanned.error.split("\n").filter((line) => line !== "");
  const isHarmless = (line: string) =>
    (gone.test(line) && !gaveUp.test(line)) ||
    mounts.some((mount) => line.startsWith(`find: './/${mount}': `) || line.startsWith(`find: .//${mount}: `));
  const problems = lines.filter((line, index) => !isHarmless(line) && (index === 0 || tool.test(line)));
  const isCutName =
    problems.length === 1 && problems[0] === lines[0] && gone.test(lines.at(-1) ?? "") && !gaveUp.test(lines[0] ?? "");
  if (problems.length === 0 || isCutName) return;
  const changing = problems.some((line) => gaveUp.test(line));
  throw new ChrootError("unreadable", {
    what: "cannot scan the jail",
    where: formatSite(site),
    why: showRemote(problems.join("\n")) + (changing ? ": directories are moved there all the time" : ""),
    ...(changing ? { remedy: "stop who moves them, the daemon most likely, then run again" } : {}),
  });
}
