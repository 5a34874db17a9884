import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar } from "yaml";
import { InventoryMistake } from "./mistake";
import { listOf, type Tree } from "./tree";
import { textValue, type Value } from "./value";

/** A deeper document is a mistake, and could exhaust the stack. */
const deepest = 64;

/** The tree of a YAML document; undefined for an empty one. Scalars stay as they are written: `010`, `1.10` and `yes` are texts. */
export function readYaml(text: string, path: string): Tree | undefined {
  const lines = new LineCounter();
  const whereAt = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  // The library's own messages have an excerpt of the text in them, which may be a password.
  const options = { lineCounter: lines, prettyErrors: false, schema: "failsafe", uniqueKeys: false } as const;
  const { contents, errors } = parseDocument(text, { ...options, logLevel: "error" });
  const [error] = errors;
  if (error)
    throw new InventoryMistake({
      where: whereAt(error.pos[0]),
      why: `the file cannot be read: ${error.code.toLowerCase().replaceAll("_", " ")}`,
      remedy: "correct the line, or the one above it",
    });
  return contents === null ? undefined : new Trees(whereAt).tree(contents, 0);
}

class Trees {
  readonly #whereAt: (offset: number) => string;
  /** The parts with an anchor so far: an alias means the last one of its name. */
  readonly #anchors = new Map<string, Tree>();
  #where = "";

  constructor(whereAt: (offset: number) => string) {
    this.#whereAt = whereAt;
  }

  tree(node: Node | null, depth: number): Tree {
    const place = node?.range?.[0];
    const where = place === undefined ? this.#where : this.#whereAt(place);
    this.#where = where;
    if (depth > deepest) fail(where, `the file is more than ${deepest} levels deep`, "write it with fewer levels");
    if (isAlias(node))
      return (
        this.#anchors.get(node.source) ??
        fail(
          where,
          `the alias *${node.source} has no anchor above it`,
          `write &${node.source} before the part it means`,
        )
      );
    const tree = { where, ...this.#part(node, depth) };
    if (node !== null && "anchor" in node && node.anchor !== undefined) this.#anchors.set(String(node.anchor), tree);
    return tree;
  }

  #part(node: Node | null, depth: number): Pick<Tree, "value" | "map"> {
    if (node?.tag === "!vault") return { value: { unread: "vault" } };
    if (isScalar(node)) return { value: scalarValue(node) };
    if (isSeq(node)) return { value: listOf(node.items.map((one) => this.tree(one as Node, depth + 1).value)) };
    if (!isMap(node)) return { value: { unread: "nothing" } };
    const [map, merged] = [new Map<string, Tree>(), new Map<string, Tree>()];
    for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
      const { value: name, where } = this.tree(key, depth + 1);
      if (typeof name !== "string") fail(where, "a key is no text", "put it in quotes");
      if (map.has(name)) fail(where, `the key ${JSON.stringify(name)} is there twice`, "remove one of them");
      if (name !== "<<") map.set(name, { ...this.tree(value, depth + 1), where });
      else for (const [one, tree] of this.#merged(value, depth)) if (!merged.has(one)) merged.set(one, tree);
    }
    return { map: new Map([...merged, ...map]), value: { unread: "nested" } };
  }

  /** The entries of the maps that `<<` merges, the first one first. */
  #merged(node: Node | null, depth: number): [string, Tree][] {
    if (isSeq(node)) return node.items.flatMap((one) => this.#merged(one as Node, depth + 1));
    return [...(this.tree(node, depth + 1).map ?? [])];
  }
}

function scalarValue({ tag, type, source, value }: Scalar): Value {
  const text = type === Scalar.PLAIN ? (source ?? "") : String(value ?? "");
  if (tag === "!unsafe") return text;
  return type === Scalar.PLAIN && /^(?:~|null|Null|NULL|)$/.test(text) ? { unread: "nothing" } : textValue(text);
}

function fail(where: string, why: string, remedy: string): never {
  throw new InventoryMistake({ where, why, remedy });
}
