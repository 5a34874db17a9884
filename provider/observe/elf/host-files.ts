import type { FileProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";
import type { EntryType } from "../../model/entry";
import { isCold, type Mode } from "../../model/mode";
import type { Elf } from "./read-elf";
import type { Script } from "./shebang";

/** A file that was found on a host; paths of the host are absolute. */
export interface HostFile {
  /** Its own path, with no link in it. */
  readonly real: Bytes;
  readonly type: EntryType;
  readonly uid: number;
  readonly mode: Mode;
  /** Bytes. */
  readonly size: number;
  /** Or the reason why it is neither. */
  readonly content: Elf | Script | FileProblem;
}

/** The known facts about a host so far. A path without a look is in none of the maps. */
export interface Host {
  /** By the path that was asked for. */
  readonly files: ReadonlyMap<Bytes, HostFile | "absent">;
  /** The targets of links on the way to them. */
  readonly links: ReadonlyMap<Bytes, Bytes>;
  readonly directories: ReadonlyMap<Bytes, { readonly uid: number; readonly mode: Mode }>;
  /** Its machine, as uname names it. */
  readonly machine: string;
  /** Paths by the name of a library, in the order of ld.so.cache; empty where the host has none. */
  readonly cache: ReadonlyMap<Bytes, readonly Bytes[]>;
  /** Directories by the name of the file in /etc that lists them: `ld-musl-x86_64.path`. */
  readonly muslPaths: ReadonlyMap<string, readonly Bytes[]>;
  /** The sources of users, groups and hosts in nsswitch.conf. */
  readonly services: readonly string[];
}

/** The way to a file, name by name. */
export interface Way {
  /** Its end, with no link in it. */
  readonly real: Bytes;
  /** The directories in which a name was looked up. */
  readonly directories: readonly Bytes[];
  /** The links on it, in their order. */
  readonly links: readonly Bytes[];
}

/** More than Linux follows. */
const mostLinks = 64;

/** The way to an absolute path, through the links that are known. */
export function wayTo(path: Bytes, links: ReadonlyMap<Bytes, Bytes>): Way {
  const directories = new Set<Bytes>();
  const met: Bytes[] = [];
  const names = path.split("/").reverse();
  let at = "";
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
      continue;
    }
    directories.add((at || "/") as Bytes);
    const next = `${at}/${name}` as Bytes;
    const target = links.get(next);
    if (target === undefined || met.length === mostLinks) at = next;
    else {
      met.push(next);
      if (target.startsWith("/")) at = "";
      names.push(...target.split("/").reverse());
    }
  }
  return { real: (at || "/") as Bytes, directories: [...directories], links: met };
}

/** The content of a file, or the reason why no jail may have it. */
export function contentOrProblem(path: Bytes, file: HostFile, host: Host): Elf | Script | FileProblem {
  const hot = hotOn(path, file, host);
  if (hot) return hot;
  if ("audit" in file.content && file.content.audit) return { problem: "audited" };
  return file.content;
}

/** The place where users other than root may write: the file, or a directory on its way. */
function hotOn(path: Bytes, file: HostFile, host: Host): FileProblem | undefined {
  for (const directory of wayTo(path, host.links).directories) {
    const live = host.directories.get(directory);
    if (live === undefined || !isCold(live)) return { problem: "others-write-in", directory };
  }
  return isCold(file) ? undefined : { problem: "others-write", file: file.real };
}

export function directoryOf(path: Bytes): Bytes {
  return (path.slice(0, path.lastIndexOf("/")) || "/") as Bytes;
}

export function nameOf(path: Bytes): Bytes {
  return path.slice(path.lastIndexOf("/") + 1) as Bytes;
}
