import type { Graph } from "./graph";
import { InventoryMistake } from "./mistake";
import type { Tree } from "./tree";
import { entriesOf, settingOf } from "./yaml-inventory";

/** Reads the JSON that `ansible-inventory --list` and inventory scripts print into a graph. */
export function readListOutput(graph: Graph, top: Tree): void {
  for (const [name, tree] of top.map ?? []) {
    if (name === "_meta") continue;
    const group = graph.group(name);
    for (const child of listIn(tree, "children", name)) graph.nest(name, child, tree.where);
    for (const host of listIn(tree, "hosts", name)) graph.host(host, name, tree.where);
    const variables = tree.map?.get("vars");
    if (variables)
      for (const [key, one] of entriesOf(variables, `vars of ${name}`)) group.variables.set(key, settingOf(one));
  }
  const hostvars = top.map?.get("_meta")?.map?.get("hostvars");
  for (const [name, tree] of hostvars?.map ?? []) {
    const host = graph.host(name, "all", tree.where);
    for (const [key, one] of entriesOf(tree, `the host ${name}`)) host.variables.set(key, settingOf(one));
  }
}

function listIn(tree: Tree, part: string, group: string): readonly string[] {
  const list = tree.map ? (tree.map.get(part)?.value ?? []) : tree.value;
  if (Array.isArray(list)) return list as string[];
  throw new InventoryMistake({
    where: tree.where,
    why: `${part} of the group ${group} is no list of names`,
    remedy: "make the file anew by ansible-inventory --list",
  });
}
