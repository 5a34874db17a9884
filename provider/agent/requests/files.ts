import { ChrootError } from "../../errors";
import type { PlaceProblem } from "../../intent/place-problem";
import { type Bytes, fromWire, toBuffer } from "../../model/bytes";
import { formatDevice } from "../../model/device";
import type { FileFacts, HostPlace, LiveContent } from "../../observe/file-facts";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { records, statLive } from "../channel/entry-lines";
import { emptyList, expectDone } from "../channel/reply";
import { fromAgent, pathList, placeToAgent } from "../paths";
import { formatSite } from "../site";
import { notUnderstood } from "./complaints";
import { enter } from "./enter";

/**
 * Questions about files: contents in the jail and, by absolute paths, on the host; places on the host; and the devices
 * that entries of the jail are.
 */
export interface FileQuestions {
  readonly contents: readonly Bytes[];
  readonly places: readonly Bytes[];
  readonly devices?: readonly Bytes[];
}

/** Looks at files, in one round trip. Only a regular file has content. */
export async function askFiles(agent: Agent, { contents, places, devices = [] }: FileQuestions): Promise<FileFacts> {
  const sums = toBuffer(contents.map((path) => `${placeToAgent(path)}\n`).join("") as Bytes);
  const lines = toBuffer(places.map((path) => `${path}\n`).join("") as Bytes);
  const nodes = pathList(devices);
  const [, summed, placed, nodesTold] = await Promise.all([
    enter(agent),
    ask(agent, "sums", { data: sums }),
    ask(agent, "places", { data: lines }),
    ask(agent, "devices", { data: nodes }),
  ]);
  for (const reply of [summed, placed, nodesTold]) expectDone(reply, "cannot look at files", formatSite(agent.site));
  try {
    const { pieces } = summed.lists.get("sums") ?? emptyList;
    const { lines: sums, refused } = withoutRefused(pieces);
    return {
      contents: readSums(sums, contents),
      refused,
      places: readPlaces(placed.lines, places),
      devices: readDevices(nodesTold.lists.get("devices")?.pieces ?? []),
    };
  } catch (error) {
    throw error instanceof ChrootError ? error.at(formatSite(agent.site)) : error;
  }
}

const strange = (line: string) => notUnderstood("cannot look at files", "this host", line);

const numbered = /^([0-9a-f]+):([0-9a-f]+) (\.\/\/[\s\S]*)$/;

/** Reads stat's `major:minor path`, in hexadecimal digits. A name may have line breaks in it. */
export function readDevices(lines: readonly string[]): Map<Bytes, string> {
  const { found, strange: before } = records(lines, numbered);
  for (const line of before) throw strange(line);
  return new Map(
    found.map((record) => {
      const [, major = "", minor = "", path = ""] = numbered.exec(record) ?? [];
      const numbers = { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) };
      return [fromAgent(path), formatDevice(numbers)];
    }),
  );
}

/** Takes `refused path`, and the `why` behind it, from the other lines. */
function withoutRefused(all: readonly string[]): { lines: string[]; refused: Map<Bytes, string> } {
  const lines: string[] = [];
  const refused = new Map<Bytes, string>();
  let at: Bytes | undefined;
  for (const line of all) {
    const [, path] = /^refused (.*)$/s.exec(line) ?? [];
    const [, why] = /^why (.*)$/s.exec(line) ?? [];
    if (path !== undefined) at = fromWire(path);
    else if (why !== undefined && at !== undefined) refused.set(at, why);
    else lines.push(line);
  }
  return { lines, refused };
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, (_, letter: string) => (letter === "r" ? "\r" : letter));
}

/**
 * Reads `size N path`, and sha256sum's `hash  path`, which GNU escapes where the name has a backslash or a carriage
 * return.
 */
export function readSums(lines: readonly string[], paths: readonly Bytes[]): Map<Bytes, LiveContent> {
  const sizes = new Map<string, number>();
  const hashes = new Map<string, string>();
  for (const line of lines) {
    const [, size, sized] = /^size (\d+) (.*)$/s.exec(line) ?? [];
    const [, escaped, hash, summed] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/s.exec(line) ?? [];
    if (sized !== undefined) sizes.set(sized, Number(size));
    else if (hash && summed !== undefined) hashes.set(escaped ? unescaped(summed) : summed, hash);
    else if (line !== "") throw strange(line);
  }
  return new Map(
    paths.flatMap((path) => {
      const name = placeToAgent(path);
      const [size, sha256] = [sizes.get(name), hashes.get(name)];
      return size === undefined ? [] : [[path, { size, ...(sha256 === undefined ? {} : { sha256 }) }] as const];
    }),
  );
}

/**
 * Reads for each place the unsafe directory above it, if any; the entry there (`-` for none, `?` for one that the host
 * cannot look at, with the reason on the next line); and a link's target.
 */
export function readPlaces(
  lines: readonly (readonly [string, string])[],
  paths: readonly Bytes[],
): Map<Bytes, HostPlace> {
  const found = new Map<Bytes, HostPlace>();
  let unsafe: string | undefined;
  let last: Bytes | undefined;
  for (const [word, text] of lines) {
    if (word === "unsafe") unsafe = text;
    if (word === "place") {
      const [, fields, path = ""] = /^([-?]|[0-9a-f]+ \d+ \d+ \d+ \d+:\d+ \d+) (.*)$/s.exec(text) ?? [];
      if (fields === undefined) throw strange(text);
      last = fromWire(path);
      const live = fields.length === 1 ? {} : { live: statLive(fields.split(" ")) };
      found.set(last, { ...live, ...(unsafe === undefined ? {} : { unsafe: unsafeAbove(unsafe) }) });
      unsafe = undefined;
    }
    const place = last === undefined ? undefined : found.get(last);
    if (word === "unread" && last !== undefined) found.set(last, { unsafe: { problem: "unreadable", told: text } });
    if (word === "bound" && last !== undefined && place)
      found.set(last, { ...place, listener: text as NonNullable<HostPlace["listener"]> });
    if (word === "target" && last !== undefined && place?.live)
      found.set(last, { ...place, live: { ...place.live, target: fromWire(text) } });
  }
  const missed = paths.find((path) => !found.has(path));
  if (missed !== undefined) throw strange(`nothing of ${missed}`);
  return found;
}

function unsafeAbove(text: string): PlaceProblem {
  // The name of a group may have a space in it.
  const [, word, owners = "", at = ""] = /^(\S+) (.*?) (\/.*)$/s.exec(text) ?? [];
  const above = fromWire(at);
  if (word === "absent") return { problem: "directory-missing", directory: above };
  if (word === "nodir") return { problem: "no-directory", above };
  const [user = "", group = "", mode = ""] = owners.split(":");
  const owner = { user: fromWire(user), group: fromWire(group) };
  return { problem: "others-write", above, ...owner, mode: Number.parseInt(mode, 8) };
}

/** Reads the first 64 KiB of some files; undefined for a missing file, or for one with a NUL, which is no text. */
export function textOf(agent: Agent, paths: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
  return textsOf(agent, "text", paths);
}

/**
 * Reads a passwd of the jail without its hashes, whatever its mode, as much as fits in 64 KiB; undefined where it
 * cannot be read.
 */
export async function loginsOf(agent: Agent, passwd: Bytes): Promise<Bytes | undefined> {
  const [text] = await textsOf(agent, "logins", [passwd]);
  return text;
}

async function textsOf(
  agent: Agent,
  request: "text" | "logins",
  paths: readonly Bytes[],
): Promise<(Bytes | undefined)[]> {
  const [, ...replies] = await Promise.all([
    enter(agent),
    ...paths.map((path) => {
      const name = toBuffer(placeToAgent(path));
      return ask(agent, request, { data: name });
    }),
  ]);
  return replies.map((reply) => {
    const { pieces, status } = reply.lists.get("text") ?? { pieces: [], status: 1 };
    return status !== 0 || pieces.length > 1 ? undefined : fromWire(pieces[0] ?? "");
  });
}
