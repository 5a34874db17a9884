import { type Bytes, fromWire, showRemote, toBuffer } from "../model/bytes";
import { formatDevice } from "../model/device";
import type { FileFacts, HostPlace, LiveContent } from "../observe/files";
import type { Agent } from "./agent";
import { enter } from "./observe";
import { fromAgent, placeToAgent, statLive } from "./records";
import { emptyList, expectDone } from "./reply";
import { pathList } from "./scan";
import { formatSite, type Site } from "./site";

/**
 * What somebody wants to know of files: contents in the jail and, by absolute paths, on the host; places on the host; and which
 * devices entries of the jail are.
 */
export interface FileQuestions {
  readonly contents: readonly Bytes[];
  readonly places: readonly Bytes[];
  readonly devices?: readonly Bytes[];
}

/** Looks at files, in one round trip. What is no regular file has no content. */
export async function askFiles(
  agent: Agent,
  site: Site,
  { contents, places, devices = [] }: FileQuestions,
): Promise<FileFacts> {
  const sums = toBuffer(contents.map((path) => `${placeToAgent(path)}\n`).join("") as Bytes);
  const lines = toBuffer(places.map((path) => `${path}\n`).join("") as Bytes);
  const nodes = pathList(devices);
  const [, summed, placed, numbered] = await Promise.all([
    enter(agent, site.root),
    agent.request(`sums ${sums.length}`, sums),
    agent.request(`places ${lines.length}`, lines),
    agent.request(`devices ${nodes.length}`, nodes),
  ]);
  for (const reply of [summed, placed, numbered]) expectDone(reply, "cannot look at files", formatSite(site));
  const { pieces } = summed.lists.get("sums") ?? emptyList;
  return {
    contents: readSums(pieces, contents),
    refused: readRefused(pieces),
    places: readPlaces(placed.lines),
    devices: readDevices(numbered.lists.get("devices")?.pieces ?? []),
  };
}

/** `major:minor path`, as stat has it, in hexadecimal digits. A name may have line breaks in it: such a one is not told of. */
function readDevices(lines: readonly string[]): Map<Bytes, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, major = "", minor = "", path = ""] = /^([0-9a-f]+):([0-9a-f]+) (.*)$/.exec(line) ?? [];
      const numbers = { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) };
      return path === "" ? [] : [[fromAgent(path), formatDevice(numbers)] as const];
    }),
  );
}

/** `refused path`, and on the next line `why`. */
function readRefused(lines: readonly string[]): Map<Bytes, string> {
  return new Map(
    lines.flatMap((line, index) => {
      const [, path] = /^refused (.*)$/s.exec(line) ?? [];
      const [, why = ""] = /^why (.*)$/s.exec(lines[index + 1] ?? "") ?? [];
      return path === undefined ? [] : [[fromWire(path), showRemote(why)] as const];
    }),
  );
}

/** `size N path`, and `hash  path` as sha256sum has it, which GNU escapes where there is a backslash in the name. */
function readSums(lines: readonly string[], asked: readonly Bytes[]): Map<Bytes, LiveContent> {
  const sizes = new Map<string, number>();
  const hashes = new Map<string, string>();
  for (const line of lines) {
    const [, size, sized] = /^size (\d+) (.*)$/s.exec(line) ?? [];
    const [, escaped, hash, summed] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/s.exec(line) ?? [];
    if (sized !== undefined) sizes.set(sized, Number(size));
    else if (hash && summed !== undefined) hashes.set(escaped ? summed.replaceAll("\\\\", "\\") : summed, hash);
  }
  return new Map(
    asked.flatMap((path) => {
      const name = placeToAgent(path);
      const [size, sha256] = [sizes.get(name), hashes.get(name)];
      return size === undefined ? [] : [[path, { size, ...(sha256 === undefined ? {} : { sha256 }) }] as const];
    }),
  );
}

/** For each place what is unsafe above it, if anything is, what is there, and where a link points to. */
function readPlaces(lines: readonly (readonly [string, string])[]): Map<Bytes, HostPlace> {
  const found = new Map<Bytes, HostPlace>();
  let unsafe: string | undefined;
  let last: Bytes | undefined;
  for (const [word, text] of lines) {
    if (word === "unsafe") unsafe = text;
    if (word === "place") {
      const [, fields = "", path = ""] = /^(-|[0-9a-f]+ \d+ \d+ \d+ \d+:\d+ \d+) (.*)$/s.exec(text) ?? [];
      last = fromWire(path);
      const live = fields === "-" ? {} : { live: statLive(fields.split(" ")) };
      found.set(last, { ...live, ...(unsafe === undefined ? {} : unsafeAbove(unsafe)) });
      unsafe = undefined;
    }
    const place = last === undefined ? undefined : found.get(last);
    if (word === "bound" && last !== undefined && place)
      found.set(last, { ...place, listener: text as NonNullable<HostPlace["listener"]> });
    if (word === "target" && last !== undefined && place?.live)
      found.set(last, { ...place, live: { ...place.live, target: fromWire(text) } });
  }
  return found;
}

function unsafeAbove(text: string): Pick<HostPlace, "unsafe" | "missing"> {
  const [, what, owners = "", at = ""] = /^(\S+) (\S+) (.*)$/s.exec(text) ?? [];
  const shown = fromAgent(at);
  if (what === "absent")
    return { missing: fromWire(at), unsafe: `has no directory: make ${shown} on the host, or correct the path` };
  if (what === "nodir")
    return { unsafe: `is below ${shown}, which is no directory: declare the path that it points to` };
  const [user = "", group = "", mode = ""] = owners.split(":");
  const who = `${user}:${group} ${mode.padStart(4, "0")}`;
  return { unsafe: `is below ${shown}, which is ${who}: others than root could put another file in its place` };
}

/** The first 64 KiB of some files; undefined where there is none, or it holds a NUL and so is no text. */
export async function textOf(agent: Agent, site: Site, paths: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
  const [, ...replies] = await Promise.all([
    enter(agent, site.root),
    ...paths.map((path) => {
      const name = toBuffer(placeToAgent(path));
      return agent.request(`text ${name.length}`, name);
    }),
  ]);
  return replies.map((reply) => {
    const { pieces, status } = reply.lists.get("text") ?? { pieces: [], status: 1 };
    return status !== 0 || pieces.length > 1 ? undefined : fromWire(pieces[0] ?? "");
  });
}
