import type { Bytes } from "../../model/bytes";
import { ancestors } from "../../model/path";

/** Keywords of an entry; a field that no resource holds is absent. */
export interface MtreeEntry {
  readonly type?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: string;
  readonly link?: Bytes;
  /** The entry may be missing. */
  readonly optional?: boolean;
  /** mtree skips the entry and everything below it. */
  readonly ignore?: boolean;
}

const settable = ["uid", "gid", "mode"] as const;
type Defaults = { [Field in (typeof settable)[number]]?: string };

/** Writes entries by path: each directory with its entries, names encoded as vis(3) does. */
export class MtreeWriter {
  readonly #entries: ReadonlyMap<Bytes, MtreeEntry>;
  readonly #isOpen: (path: Bytes) => boolean;
  readonly #children = new Map<Bytes, Bytes[]>();
  readonly #common: Defaults;
  #defaults: Defaults = {};
  readonly #lines: string[] = [];

  /** mtree must not complain about new entries in a directory that `isOpen`. */
  constructor(entries: ReadonlyMap<Bytes, MtreeEntry>, isOpen: (path: Bytes) => boolean) {
    this.#entries = entries;
    this.#isOpen = isOpen;
    const paths = new Set<Bytes>(entries.keys());
    // mtree nests entries in their directories, so each directory above an entry is written even without keywords.
    for (const path of entries.keys()) for (const above of ancestors(path)) paths.add(above);
    for (const path of paths) {
      if (path === ".") continue;
      const parent = ancestors(path).at(-1) ?? ("." as Bytes);
      const siblings = this.#children.get(parent);
      if (siblings) siblings.push(path);
      else this.#children.set(parent, [path]);
    }
    for (const siblings of this.#children.values()) siblings.sort();
    this.#common = mostCommon([...entries.values()].map(defaultsOf));
  }

  text(): string {
    this.#write("." as Bytes);
    return `${this.#lines.join("\n")}\n`;
  }

  #write(path: Bytes): void {
    const below = this.#children.get(path) ?? [];
    const known = this.#entries.get(path) ?? { type: "dir" };
    this.#line(path === "." ? "." : encodeName(path.slice(path.lastIndexOf("/") + 1)), known);
    if (known.type !== "dir") return;
    for (const each of below) this.#write(each);
    if (this.#isOpen(path)) this.#line("*", { optional: true, ignore: true });
    this.#lines.push("..");
  }

  #line(name: string, entry: MtreeEntry): void {
    const own = defaultsOf(entry);
    const gone = settable.filter((field) => own[field] === undefined && this.#defaults[field] !== undefined);
    if (gone.length > 0) this.#lines.push(`/unset ${gone.join(" ")}`);
    for (const field of gone) delete this.#defaults[field];
    const back = settable.filter((field) => this.#defaults[field] === undefined && isSame(own, this.#common, field));
    if (back.length > 0) this.#lines.push(`/set ${back.map((field) => `${field}=${own[field]}`).join(" ")}`);
    for (const field of back) this.#defaults[field] = own[field] ?? "";
    const { type, link, optional, ignore } = entry;
    const words = [
      name,
      ...(type === undefined ? [] : [`type=${type}`]),
      ...settable.flatMap((field) =>
        own[field] === undefined || isSame(own, this.#defaults, field) ? [] : [`${field}=${own[field]}`],
      ),
      ...(link === undefined ? [] : [`link=${encode(link)}`]),
      ...(optional ? ["optional"] : []),
      ...(ignore ? ["ignore"] : []),
    ];
    this.#lines.push(words.join(" "));
  }
}

function defaultsOf({ uid, gid, mode }: MtreeEntry): Defaults {
  return {
    ...(uid === undefined ? {} : { uid: String(uid) }),
    ...(gid === undefined ? {} : { gid: String(gid) }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function isSame(one: Defaults, other: Defaults, field: (typeof settable)[number]): boolean {
  return one[field] !== undefined && one[field] === other[field];
}

function mostCommon(all: readonly Defaults[]): Defaults {
  const found: Defaults = {};
  for (const field of settable) {
    const counts = new Map<string, number>();
    for (const { [field]: value } of all) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    const [most] = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
    if (most) found[field] = most[0];
  }
  return found;
}

/** mtree reads a name with a wildcard as a pattern, in which a backslash takes the next character as it is. */
function encodeName(name: string): string {
  return encode((/[*?[]/.test(name) ? name.replace(/[*?[\\]/g, "\\$&") : name) as Bytes);
}

function encode(bytes: Bytes): string {
  return bytes.replace(/[^A-Za-z0-9._,:@%+=/~-]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
