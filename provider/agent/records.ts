import { isOnHost } from "../intent/file-claim";
import { type Acl, readAcl } from "../model/acl";
import { type Bytes, depthOf, fromWire } from "../model/bytes";
import { parseCapabilities } from "../model/capability";
import type { EntryType, Live } from "../model/entry";
import type { Sealed } from "../observe/observation";

/** What the agent's tools print about entries of a jail. All paths begin with `.//`, which no name can have in it. */

const types: Record<string, EntryType> = {
  f: "file",
  d: "directory",
  l: "link",
  p: "fifo",
  s: "socket",
  c: "character device",
  b: "block device",
};

/** The path in a jail of one that the agent prints; the root is `.`. */
export function fromAgent(path: string): Bytes {
  const inside = path.replace(/^\.\/+/, "");
  return fromWire(inside === "" ? "." : inside);
}

/** The same the other way round. */
export function toAgent(path: Bytes): string {
  return path === "." ? ".//" : `.//${path}`;
}

/** A place for the agent: below the jail's root, or on the host by its absolute path. */
export function placeToAgent(at: Bytes): Bytes {
  return isOnHost(at) ? at : fromWire(toAgent(at));
}

/** `type mode uid gid links device:inode size path`, and the target of a link, by find. */
export function scannedEntry(record: string, target: string): [Bytes, Live] {
  const type = types[record.charAt(0)] ?? "unknown";
  const mode = record.indexOf(" ") + 1;
  const uid = record.indexOf(" ", mode) + 1;
  const gid = record.indexOf(" ", uid) + 1;
  const links = record.indexOf(" ", gid) + 1;
  const inode = record.indexOf(" ", links) + 1;
  const size = record.indexOf(" ", inode) + 1;
  const path = record.indexOf(" ", size) + 1;
  const name = record.slice(path + 3);
  const live: Live = {
    type,
    mode: number(record, mode, 8),
    uid: number(record, uid, 10),
    gid: number(record, gid, 10),
    links: number(record, links, 10),
    inode: type === "unknown" ? "" : record.slice(inode, size - 1),
    size: number(record, size, 10),
  };
  return [fromWire(name === "" ? "." : name), type === "link" ? { ...live, target: fromWire(target) } : live];
}

/** The digits at a place: hundreds of thousands are read, and to cut each out first takes longer. */
function number(text: string, at: number, base: number): number {
  let value = 0;
  for (let place = at, digit = 0; ; place++, value = value * base + digit) {
    digit = text.charCodeAt(place) - 48;
    if (!(digit >= 0 && digit < base)) return value;
  }
}

/** File types of st_mode (inode(7)). */
const formats = new Map<number, EntryType>([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "link"],
  [0o010000, "fifo"],
  [0o140000, "socket"],
  [0o020000, "character device"],
  [0o060000, "block device"],
]);
/** What st_mode says, as stat prints it in hexadecimal digits. */
export function statMode(digits: string): { type: EntryType; mode: number } {
  const raw = Number.parseInt(digits, 16);
  return { type: formats.get(raw & 0o170000) ?? "unknown", mode: raw & 0o7777 };
}

const statRecord = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+:\d+) (\d+) \.\/\//;

/** `mode uid gid links device:inode size path` by stat, where find prints nothing itself. It does not tell where a link points. */
export function statEntries(lines: readonly string[]): Map<Bytes, Live> {
  const entries = new Map<Bytes, Live>();
  for (const record of records(lines, statRecord)) {
    const [head = "", ...fields] = statRecord.exec(record) ?? [];
    const path = record.slice(head.length);
    entries.set(fromWire(path === "" ? "." : path), statLive(fields));
  }
  return entries;
}

/** `mode uid gid links device:inode size` by stat, the mode with the type and in hexadecimal digits. */
export function statLive([raw = "", uid, gid, links, inode = "", size]: readonly string[]): Live {
  return {
    ...statMode(raw),
    uid: Number(uid),
    gid: Number(gid),
    links: Number(links),
    inode,
    size: Number(size),
  };
}

/** Records of several lines each, as a name may have line breaks in it. */
function records(lines: readonly string[], start: RegExp): string[] {
  const found: string[] = [];
  for (const line of lines) {
    if (start.test(line)) found.push(line);
    else if (found.length > 0) found[found.length - 1] += `\n${line}`;
  }
  return found;
}

/** ACLs by path, of what getfacl prints; it escapes line breaks and backslashes in names. */
export function printedAcls(lines: readonly string[]): Map<Bytes, Acl> {
  const found = new Map<Bytes, Acl>();
  let path: Bytes | undefined;
  let entries: string[] = [];
  const finish = () => {
    const acl = readAcl(entries);
    if (path !== undefined && acl.length > 0) found.set(path, acl);
  };
  for (const line of lines) {
    if (line.startsWith("# file: ")) {
      finish();
      path = fromAgent(line.slice("# file: ".length).replace(/\\(\\|[0-7]{3})/g, (_, escaped) => unescaped(escaped)));
      entries = [];
    } else if (!line.startsWith("#")) entries.push(line);
  }
  finish();
  return found;
}

/** A backslash, or a byte in octal. */
function unescaped(escaped: string): string {
  return escaped === "\\" ? escaped : String.fromCharCode(Number.parseInt(escaped, 8));
}

/** Capabilities by path, of what getcap prints: a path, and behind a space what both may have spaces in. */
export function printedCapabilities(lines: readonly string[], isKnown: (path: Bytes) => boolean): Map<Bytes, string> {
  const found = new Map<Bytes, string>();
  for (const record of records(lines, /^\.\/\//)) {
    for (let space = record.lastIndexOf(" "); space !== -1; space = record.lastIndexOf(" ", space - 1)) {
      const path = fromAgent(record.slice(0, space));
      if (!isKnown(path)) continue;
      // Until libcap 2.41 there was a "=" by itself in front.
      const parsed = parseCapabilities(record.slice(space + 1).replace(/^= (?=cap_)/, ""));
      // A name that goes on like capabilities makes a line mean two files: then both are said to have some.
      if ("text" in parsed) found.set(path, parsed.text);
    }
  }
  return found;
}

/** Files by path, as tail prints several. Who writes another's line into one makes it no record, and no other either. */
export function printedFiles(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let name = "";
  for (const line of lines) {
    const [, next] = /^==> (.*[^/]) <==$/.exec(line) ?? [];
    if (next !== undefined) {
      name = next;
      files.set(name, "");
    } else files.set(name, `${files.get(name) ?? ""}${line}\n`);
  }
  return files;
}

/** `device:inode depth uid:gid mode path` of directories that are sealed. Equal ones of one depth are opened at once. */
export function sealedRecords(pieces: readonly string[]): Sealed[] {
  return pieces.flatMap((piece) => {
    const match = /^(\d+:\d+) \d+ (\d+):(\d+) ([0-7]+) (\.\/\/[\s\S]*)$/.exec(piece);
    if (!match) return [];
    const [, inode = "", uid, gid, mode = "", path = ""] = match;
    return [{ path: fromAgent(path), inode, uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode, 8) }];
  });
}

export function formatSealed({ path, inode, uid, gid, mode }: Sealed): string {
  return `${inode} ${depthOf(path)} ${uid}:${gid} ${mode.toString(8)} ${toAgent(path)}`;
}
