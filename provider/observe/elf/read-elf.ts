import type { ElfPart, ElfProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";
import { numberAt, type Piece, textAt } from "./file-pieces";

/** The header of an ELF file and the libraries it needs (elf(5)). All names are as they stand in the file. */
export interface Elf {
  /** e_machine: 62 is x86-64. */
  readonly machine: number;
  readonly bits: 32 | 64;
  /** A `static` file needs no loader. */
  readonly kind: "static" | "dynamic";
  /** The loader, from PT_INTERP: programs have one, libraries rarely. */
  readonly interpreter?: Bytes;
  readonly soname?: Bytes;
  /** Libraries, in the order in which they are loaded. */
  readonly needed: readonly Bytes[];
  /** Directories to search, also for its libraries' needs. Empty where there is a RUNPATH, which disables it. */
  readonly rpath: readonly Bytes[];
  /** Directories to search for its own needs only. Absent without a RUNPATH; an empty one still disables RPATHs. */
  readonly runpath?: readonly Bytes[];
  /** Whether it has a loader run an audit library (DT_AUDIT, DT_DEPAUDIT). */
  readonly audit: boolean;
}

/** Real files have less than half of these. */
const most = { headers: 64, entries: 1024, needed: 256, text: 4096 };

/** The offsets of fields in an ELF header, and in a program header; sizes in bytes. */
const layouts = {
  32: { word: 4, table: 28, size: 42, count: 44, header: 32, offset: 4, address: 8, length: 16 },
  64: { word: 8, table: 32, size: 54, count: 56, header: 56, offset: 8, address: 16, length: 32 },
} as const;

const segment = { load: 1, dynamic: 2, interpreter: 3 };
const tag = { end: 0, needed: 1, strings: 5, soname: 14, rpath: 15, runpath: 29, audits: [0x6ffffefb, 0x6ffffefc] };
const types = { executable: 2, shared: 3 };

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly length: number;
}

class Unusable extends Error {
  readonly why: ElfProblem;

  constructor(why: ElfProblem) {
    super(why.problem);
    this.why = why;
  }
}

/** Reads an ELF file from its parts, or gives the reason why it cannot be used. */
export function readElf(pieces: readonly Piece[]): Elf | ElfProblem {
  try {
    return read(pieces);
  } catch (error) {
    if (error instanceof Unusable) return error.why;
    throw error;
  }
}

function read(pieces: readonly Piece[]): Elf {
  const number: ReadNumber = (at, size, part) =>
    numberAt(pieces, at, size) ?? fail({ problem: "elf-unreadable", part });
  if (numberAt(pieces, 0, 4) !== 0x464c457f) return fail({ problem: "no-elf" });
  if (number(5, 1, "header") !== 1) return fail({ problem: "elf-big-endian" });
  const bits = { 1: 32, 2: 64 }[number(4, 1, "header")] as 32 | 64 | undefined;
  if (bits === undefined) return fail({ problem: "elf-bits-unknown" });
  const type = number(16, 2, "header");
  if (type !== types.executable && type !== types.shared) return fail({ problem: "elf-other-type" });
  const { word } = layouts[bits];
  const machine = number(18, 2, "header");
  const segments = segmentsOf(bits, number);
  const first = (wanted: number) => segments.find((each) => each.type === wanted);
  const loader = first(segment.interpreter);
  const interpreter =
    loader && (textAt(pieces, loader.offset, most.text) ?? fail({ problem: "elf-unreadable", part: "loader" }));
  const dynamic = first(segment.dynamic);
  const entries = dynamic ? entriesOf(dynamic, word, number) : [];
  const value = (wanted: number) => entries.find(([name]) => name === wanted)?.[1];
  const strings = value(tag.strings);
  const base = strings === undefined ? undefined : offsetOf(strings, segments);
  const text = (at: number): Bytes =>
    (base === undefined ? undefined : textAt(pieces, base + at, most.text)) ??
    fail({ problem: "elf-unreadable", part: "list of libraries" });
  const named = (wanted: number) => {
    const at = value(wanted);
    return at === undefined ? undefined : text(at);
  };
  const needed = entries.filter(([name]) => name === tag.needed).map(([, at]) => at);
  if (needed.length > most.needed) return fail({ problem: "elf-too-large", most: most.needed, of: "libraries" });
  const [soname, rpath, runpath] = [named(tag.soname), named(tag.rpath), named(tag.runpath)];
  return {
    machine,
    bits,
    kind: interpreter === undefined && needed.length === 0 ? "static" : "dynamic",
    needed: needed.map(text),
    rpath: rpath === undefined || runpath !== undefined ? [] : directoriesIn(rpath),
    audit: entries.some(([name]) => tag.audits.includes(name)),
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(soname === undefined ? {} : { soname }),
    ...(runpath === undefined ? {} : { runpath: directoriesIn(runpath) }),
  };
}

type ReadNumber = (at: number, size: number, part: ElfPart) => number;

function segmentsOf(bits: 32 | 64, number: ReadNumber): Segment[] {
  const { word, table, size, count, header, offset, address, length } = layouts[bits];
  const start = number(table, word, "header");
  const headers = number(count, 2, "header");
  if (headers > most.headers) return fail({ problem: "elf-too-large", most: most.headers, of: "headers" });
  if (headers > 0 && number(size, 2, "header") !== header) return fail({ problem: "elf-header-size" });
  return Array.from({ length: headers }, (_, index) => start + index * header).map((at) => ({
    type: number(at, 4, "program header"),
    offset: number(at + offset, word, "program header"),
    address: number(at + address, word, "program header"),
    length: number(at + length, word, "program header"),
  }));
}

/** Tags and values of the dynamic section, up to its end. */
function entriesOf(dynamic: Segment, word: 4 | 8, number: ReadNumber): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (let at = dynamic.offset; at + 2 * word <= dynamic.offset + dynamic.length; at += 2 * word) {
    if (found.length === most.entries) return fail({ problem: "elf-too-large", most: most.entries, of: "entries" });
    const name = number(at, word, "dynamic section");
    if (name === tag.end) break;
    // Values that are no offsets may be any number.
    const isOurs = Object.values(tag).flat().includes(name);
    found.push([name, isOurs ? number(at + word, word, "dynamic section") : 0]);
  }
  return found;
}

/** The offset of an address in the file. */
function offsetOf(address: number, segments: readonly Segment[]): number | undefined {
  const found = segments.find(
    (each) => each.type === segment.load && address >= each.address && address - each.address < each.length,
  );
  return found && address - found.address + found.offset;
}

function directoriesIn(path: Bytes): Bytes[] {
  return path.split(":") as Bytes[];
}

function fail(why: ElfProblem): never {
  throw new Unusable(why);
}
