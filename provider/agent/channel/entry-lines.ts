import { type Bytes, fromWire } from "../../model/bytes";
import type { EntryType, Live } from "../../model/entry";

/** The lines of the agent's tools about entries of a jail. All paths begin with `.//`, which no name contains. */

const types: Record<string, EntryType> = {
  f: "file",
  d: "directory",
  l: "link",
  p: "fifo",
  s: "socket",
  c: "character device",
  b: "block device",
};

/**
 * Reads find's `type mode uid gid links device:inode size path` and the target of a link; undefined for no such record.
 * An entry with a field that is not understood has the type `unknown`.
 */
export function scannedEntry(record: string, target: string): [Bytes, Live] | undefined {
  const mode = record.indexOf(" ") + 1;
  const uid = record.indexOf(" ", mode) + 1;
  const gid = record.indexOf(" ", uid) + 1;
  const links = record.indexOf(" ", gid) + 1;
  const inode = record.indexOf(" ", links) + 1;
  const size = record.indexOf(" ", inode) + 1;
  const path = record.indexOf(" ", size) + 1;
  if (mode !== 2 || !record.startsWith(".//", path)) return undefined;
  const name = record.slice(path + 3);
  const fields = {
    mode: number(record, mode, 8),
    uid: number(record, uid, 10),
    gid: number(record, gid, 10),
    links: number(record, links, 10),
    size: number(record, size, 10),
  };
  const isWhole = fields.mode + fields.uid + fields.gid + fields.links + fields.size >= 0;
  const type = (isWhole ? types[record.charAt(0)] : undefined) ?? "unknown";
  const live: Live = { type, ...fields, inode: type === "unknown" ? "" : record.slice(inode, size - 1) };
  return [fromWire(name === "" ? "." : name), type === "link" ? { ...live, target: fromWire(target) } : live];
}

/**
 * Reads the digits between a position and the next space; NaN for any other character. A scan has hundreds of
 * thousands, and cutting each out first takes longer.
 */
function number(text: string, at: number, base: number): number {
  let value = 0;
  for (let place = at; ; place++) {
    const digit = text.charCodeAt(place) - 48;
    if (digit >= 0 && digit < base) value = value * base + digit;
    else return digit === -16 && place > at ? value : Number.NaN;
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
/** Reads st_mode from stat's hexadecimal digits. */
export function statMode(digits: string): { type: EntryType; mode: number } {
  const raw = Number.parseInt(digits, 16);
  return { type: formats.get(raw & 0o170000) ?? "unknown", mode: raw & 0o7777 };
}

const statRecord = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+:\d+) (\d+) \.\/\//;

/**
 * Reads stat's `mode uid gid links device:inode size path`, where find prints nothing. It has no targets of links.
 * `strange` holds the lines that belong to no record.
 */
export function statEntries(lines: readonly string[]): { entries: Map<Bytes, Live>; strange: readonly string[] } {
  const entries = new Map<Bytes, Live>();
  const { found, strange } = records(lines, statRecord);
  for (const record of found) {
    const [head = "", ...fields] = statRecord.exec(record) ?? [];
    const path = record.slice(head.length);
    entries.set(fromWire(path === "" ? "." : path), statLive(fields));
  }
  return { entries, strange };
}

/** Reads stat's `mode uid gid links device:inode size`; the mode has the type in it, in hexadecimal digits. */
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

/** Joins lines to records, as a name may have line breaks in it; `strange` holds the lines before the first record. */
export function records(lines: readonly string[], start: RegExp): { found: string[]; strange: string[] } {
  const found: string[] = [];
  const strange: string[] = [];
  for (const line of lines) {
    if (start.test(line)) found.push(line);
    else if (found.length > 0) found[found.length - 1] += `\n${line}`;
    else strange.push(line);
  }
  return { found, strange };
}
