import type { Bytes } from "../../provider/model/bytes";
import { closure } from "../../provider/observe/elf/closure";
import { type Host, type HostFile, wayTo } from "../../provider/observe/elf/host-files";
import { readElf } from "../../provider/observe/elf/read-elf";
import type { Closure } from "../../provider/observe/elf/result";
import { readShebang } from "../../provider/observe/elf/shebang";
import { type Made, madeElf } from "./made-elf";

/** A host for a test, by absolute paths. */
export interface MadeHost {
  /** The fields of an ELF file that differ from the usual ones, or the text of another file. */
  readonly files: Readonly<Record<string, Made | string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Owner and mode of files that are not root's 0755. */
  readonly special?: Readonly<Record<string, { readonly uid: number; readonly mode: number }>>;
  /** Libraries by name, as ld.so.cache has them. */
  readonly cache?: Readonly<Record<string, readonly string[]>>;
  readonly muslPaths?: Readonly<Record<string, readonly string[]>>;
  readonly services?: readonly string[];
}

/** Finds everything that the binaries need; `rounds` has the requested paths, one list for each answer of the host. */
export function solve(binaries: readonly string[], made: MadeHost): Closure & { rounds: Bytes[][] } {
  const all: Map<Bytes, Bytes> = mapOf(made.links);
  const plain = { uid: 0, mode: 0o755 };
  const directories = new Map<Bytes, { uid: number; mode: number }>();
  const links = new Map<Bytes, Bytes>();
  const files = new Map<Bytes, HostFile | "absent">();
  const rounds: Bytes[][] = [];
  const host: Host = {
    files,
    links,
    directories,
    machine: "x86_64",
    cache: mapOf(made.cache),
    muslPaths: mapOf(made.muslPaths),
    services: made.services ?? [],
  };
  for (;;) {
    const next = closure(binaries, host);
    if (!("ask" in next)) return { ...next, rounds };
    if (rounds.push([...next.ask]) > 50) throw new Error(`no end of questions: ${next.ask.join(" ")}`);
    for (const path of next.ask) {
      const way = wayTo(path, all);
      for (const directory of way.directories) directories.set(directory, made.special?.[directory] ?? plain);
      for (const link of way.links) links.set(link, all.get(link) ?? link);
      const file = made.files[way.real];
      const live = made.special?.[way.real] ?? plain;
      const found = file === undefined ? "absent" : fileOf(way.real, file);
      files.set(path, found === "absent" ? found : { ...found, ...live });
    }
  }
}

function fileOf(real: Bytes, made: Made | string): HostFile {
  const bytes = (typeof made === "string" ? made : madeElf(made).toString("latin1")) as Bytes;
  const content = bytes.startsWith("#!") ? readShebang(bytes) : readElf([{ at: 0, bytes }]);
  return { real, type: "file", uid: 0, mode: 0o755, size: bytes.length, content };
}

function mapOf<K extends string, V>(record: Readonly<Record<string, unknown>> | undefined): Map<K, V> {
  return new Map(Object.entries(record ?? {})) as Map<K, V>;
}
