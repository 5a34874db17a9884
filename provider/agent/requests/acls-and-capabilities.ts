import { type Acl, readAcl } from "../../model/acl";
import type { Bytes } from "../../model/bytes";
import { parseCapabilities } from "../../model/capability";
import type { Live } from "../../model/entry";
import type { Unseen } from "../../observe/observation";
import { parentOf } from "../../plan/seal/zone";
import { records } from "../channel/entry-lines";
import type { List } from "../channel/reply";
import { fromAgent } from "../paths";

/**
 * Reads the ACLs and capabilities that the host's tools print. A line that no parser understands makes its path unread.
 */

/** Values by path, and the paths with a line that no parser understands. */
interface Printed<T> {
  readonly found: ReadonlyMap<Bytes, T>;
  readonly unread: readonly Unseen[];
}

const root = "." as Bytes;

/** Reads the output of getfacl, which escapes line breaks and backslashes in names. */
export function printedAcls(lines: readonly string[]): Printed<Acl> {
  const found = new Map<Bytes, Acl>();
  const unread: Unseen[] = [];
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
    } else if (line === "" || (path !== undefined && /^# (owner|group|flags): /.test(line))) continue;
    else if (path === undefined || line.startsWith("#")) unread.push(strange("getfacl", path ?? root, line));
    else entries.push(line);
  }
  finish();
  return { found, unread };
}

/** Decodes a backslash, or a byte in octal. */
function unescaped(escaped: string): string {
  return escaped === "\\" ? escaped : String.fromCharCode(Number.parseInt(escaped, 8));
}

/**
 * Reads the output of getcap: a path, a space, and the capabilities; both may contain spaces. Capabilities that are not
 * understood stay as they are printed, so that they differ from every declared value.
 */
export function printedCapabilities(lines: readonly string[], isKnown: (path: Bytes) => boolean): Printed<string> {
  const found = new Map<Bytes, string>();
  const { found: printed, strange: before } = records(lines, /^\.\/\//);
  const unread = before.map((line) => strange("getcap", root, line));
  for (const record of printed) {
    const read = splits(record).filter(([path]) => isKnown(path));
    // A name that ends like capabilities makes a line mean two files: then both get some.
    const understood = read.flatMap(([path, text]) => {
      const parsed = parseCapabilities(text);
      return "text" in parsed ? [[path, parsed.text] as const] : [];
    });
    for (const [path, text] of understood.length > 0 ? understood : read) found.set(path, text);
    const [[path] = [fromAgent(record)]] = splits(record);
    if (read.length === 0) unread.push(strange("getcap", path, record));
  }
  return { found, unread };
}

/** All ways to read a line of getcap, the longest path first. Until libcap 2.41 a "=" stood alone in front. */
function splits(record: string): [Bytes, string][] {
  const found: [Bytes, string][] = [];
  for (let space = record.lastIndexOf(" "); space !== -1; space = record.lastIndexOf(" ", space - 1))
    found.push([fromAgent(record.slice(0, space)), record.slice(space + 1).replace(/^= (?=cap_)/, "")]);
  return found;
}

function strange(tool: "getfacl" | "getcap", at: Bytes, told: string): Unseen {
  return { at, why: { problem: "strange-line", tool, told } };
}

// A file may have gone or been replaced since find saw it, and a file system may have no ACLs or capabilities. The plan
// reports names that are too long: the tools complain of each directory there.
const harmless =
  /^(No such file or directory|Not a directory|Too many levels of symbolic links|Operation not supported|File name too long)$/;
const complaints = [
  /^(getfacl): (.*): (.*)$/gm,
  // getcap prints names as they are, with line breaks in them.
  /^Failed to (get capabilities) of file '([\s\S]*?)' \((.*)\)$/gm,
];

/** Reads the entries that a tool could not look at from its complaints. */
export function failedLooks({ error }: List, isKnown: (path: Bytes) => boolean): Unseen[] {
  return complaints
    .flatMap((pattern) => [...error.matchAll(pattern)])
    .filter(([, , , why = ""]) => !harmless.test(why))
    .map(([, , path = "", told = ""]): Unseen => ({ at: fromAgent(path), why: { problem: "unreadable", told } }))
    .filter(({ at }) => isKnown(at));
}

/** Marks entries as unread. A path that is not known marks the nearest directory above it. */
export function noteUnread(entries: Map<Bytes, Live>, unread: readonly Unseen[]): void {
  for (const { at, why } of unread) {
    let path: Bytes | undefined = at;
    while (path !== undefined && !entries.has(path)) path = parentOf(path);
    const place = path ?? [...entries.keys()][0];
    const live = place === undefined ? undefined : entries.get(place);
    if (place !== undefined && live) entries.set(place, { ...live, unread: live.unread ?? why });
  }
}
