import { textValue, type Value } from "./value";

/** A part of a YAML or JSON document: a map, or a value of a variable; with its place. */
export interface Tree {
  /** `file:line`, or the file alone. */
  readonly where: string;
  /** The entries of a map, in their order. */
  readonly map?: ReadonlyMap<string, Tree>;
  readonly value: Value;
}

/** A JSON value as a tree, whose parts all have the same place. */
export function treeOf(json: unknown, where: string): Tree {
  if (typeof json === "string") return { where, value: textValue(json) };
  if (json === null || json === undefined) return { where, value: { unread: "nothing" } };
  if (typeof json !== "object") return { where, value: String(json) };
  if (Array.isArray(json)) return { where, value: listOf(json.map((one) => treeOf(one, where).value)) };
  const entries = Object.entries(json);
  // Ansible's own JSON writes these for `!vault` and `!unsafe`.
  if ("__ansible_vault" in json) return { where, value: { unread: "vault" } };
  const unsafe = (json as Record<string, unknown>)["__ansible_unsafe"];
  if (typeof unsafe === "string") return { where, value: unsafe };
  return { where, map: new Map(entries.map(([key, one]) => [key, treeOf(one, where)])), value: { unread: "nested" } };
}

/** The value of a list: its texts, where all of them are texts. */
export function listOf(values: readonly Value[]): Value {
  const texts = values.filter((value) => typeof value === "string");
  return texts.length === values.length ? texts : { unread: "nested" };
}
