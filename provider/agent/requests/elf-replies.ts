import { type Bytes, fromWire, show } from "../../model/bytes";
import type { Piece } from "../../observe/elf/file-pieces";
import type { Host, HostFile } from "../../observe/elf/host-files";
import { readElf } from "../../observe/elf/read-elf";
import { readShebang } from "../../observe/elf/shebang";
import { statMode } from "../channel/entry-lines";
import { type Reply, toldIn } from "../channel/reply";
import { notUnderstood } from "./complaints";

/** Reads the replies to `elves` and `loaders`. */

/**
 * Adds the files of one reply to a host. A part that was cut short adds nothing, as the facts about its files come
 * last.
 */
export function addElfReply(reply: Reply, host: Host): Host {
  const [files, links, directories] = [new Map(host.files), new Map(host.links), new Map(host.directories)];
  let found: { readonly path: Bytes; readonly real: Bytes; readonly pieces: Piece[] }[] = [];
  for (const [word, text] of reply.lines) {
    const [first = "", second = ""] = text.split("\n", 2);
    if (word === "link") links.set(fromWire(first), fromWire(second));
    else if (word === "absent") files.set(fromWire(text), "absent");
    else if (word === "file") found.push({ path: fromWire(first), real: fromWire(second), pieces: [] });
    else if (word === "piece") found.at(-1)?.pieces.push(pieceOf(text));
    else if (word === "places") {
      const stats = statsIn(text);
      for (const [real, { type, ...live }] of stats) if (type === "directory") directories.set(real, live);
      for (const { path, real, pieces } of found) {
        const stat = stats.get(real);
        // A file without them has gone in the meantime.
        files.set(path, stat ? { ...stat, real, content: contentOf(stat, pieces) } : "absent");
      }
      found = [];
    }
  }
  return { ...host, files, links, directories };
}

type Stat = Pick<HostFile, "type" | "mode" | "uid" | "size">;

/** Reads `mode uid size path`, a line each. */
function statsIn(text: string): Map<Bytes, Stat> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line): [Bytes, Stat] => {
      const [, mode = "", uid, size, path] = /^([0-9a-f]+) (\d+) (\d+) (\/.*)$/.exec(line) ?? [];
      if (path === undefined) throw notUnderstood("cannot look at the jail's binaries", "this host's stat", line);
      return [fromWire(path), { ...statMode(mode), uid: Number(uid), size: Number(size) }];
    }),
  );
}

/** Reads `size at words`: od prints words of a host whose lowest byte comes first. */
function pieceOf(text: string): Piece {
  const [size = "", at = "", words = ""] = text.split(" ", 3);
  const digits = 2 * Number(size);
  const bytes = Buffer.from(words, "hex");
  if (digits > 2 && bytes.length % Number(size) === 0) swap(bytes, Number(size));
  return { at: Number(at), bytes: fromWire(bytes.toString("latin1")) };
}

function swap(bytes: Buffer, size: number): void {
  if (size === 8) bytes.swap64();
  else if (size === 4) bytes.swap32();
}

function contentOf({ type }: Stat, pieces: readonly Piece[]): HostFile["content"] {
  if (type !== "file") return { problem: "no-file", type };
  const start = pieces[0]?.bytes ?? "";
  if (start.startsWith("#!")) return readShebang(fromWire(start));
  return start === "" ? { problem: "no-program" } : readElf(pieces);
}

/** Reads how a host finds libraries and names. */
export function loaderFacts(reply: Reply): Pick<Host, "machine" | "cache" | "muslPaths" | "services"> {
  const cache = new Map<Bytes, Bytes[]>();
  for (const line of reply.lists.get("cache")?.pieces ?? []) {
    const [, name, kind = "", path] = /^\t(\S+) \((.*?)\) => (\/.*)$/.exec(line) ?? [];
    // This one is for some processors only.
    if (name === undefined || path === undefined || kind.includes("hwcap")) continue;
    cache.set(fromWire(name), [...(cache.get(fromWire(name)) ?? []), fromWire(path)]);
  }
  const muslPaths = new Map(
    [...reply.lists]
      .filter(([name]) => name.startsWith("ld-musl-"))
      .map(([name, { pieces }]) => [
        name,
        pieces.flatMap((line) => line.split(":")).filter((directory) => directory.startsWith("/")) as Bytes[],
      ]),
  );
  const services = (reply.lists.get("services")?.pieces ?? []).flatMap((line) => {
    const [, names = ""] = /^(?:passwd|group|hosts):([^#]*)/.exec(line) ?? [];
    // Brackets hold the conditions for the next service.
    return names.replace(/\[[^\]]*\]/g, " ").match(/[A-Za-z0-9_]+/g) ?? [];
  });
  const machine = toldIn(reply, "machine") ?? "";
  return { machine: show(fromWire(machine)), cache, muslPaths, services };
}
