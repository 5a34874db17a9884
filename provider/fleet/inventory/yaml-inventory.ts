import type { Graph } from "./graph";
import { hostsNamed } from "./host-pattern";
import { InventoryMistake } from "./mistake";
import type { Tree } from "./tree";
import type { Setting } from "./value";

/** Reads an inventory in Ansible's YAML form into a graph: groups at its top, each with `hosts`, `children` and `vars`. */
export function readYamlInventory(graph: Graph, top: Tree): void {
  if (top.map?.has("plugin"))
    throw new InventoryMistake({
      where: top.where,
      why: "the file is the configuration of an inventory plugin of Ansible, which makes the hosts",
      remedy: "run ansible-inventory --list -i FILE > hosts.json, and use that file",
    });
  new Reading(graph).groups(top);
}

/** Groups and hosts of one file, each as often as its aliases repeat it: a few lines of aliases could mean millions. */
const most = 1_000_000;

class Reading {
  readonly #graph: Graph;
  #read = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  groups(top: Tree): void {
    for (const [group, tree] of entriesOf(top, "the inventory")) this.#group(group, tree);
  }

  #group(name: string, tree: Tree): void {
    if (name === "") fail(tree, "a group has no name", "write the group's name before the colon");
    this.#count(1, tree);
    const group = this.#graph.group(name);
    for (const [part, below] of entriesOf(tree, `the group ${name}`)) {
      if (part === "vars")
        for (const [key, one] of sectionOf(below, `vars of ${name}`)) group.variables.set(key, settingOf(one));
      else if (part === "children")
        for (const [child, one] of sectionOf(below, `children of ${name}`)) {
          this.#graph.nest(name, child, one.where);
          this.#group(child, one);
        }
      else if (part === "hosts")
        for (const [host, one] of sectionOf(below, `hosts of ${name}`)) this.#hosts(name, [host, one]);
      else
        fail(
          below,
          `${JSON.stringify(part)} in the group ${name} is neither hosts, children nor vars`,
          "correct the indentation, or put a group below children and a variable below vars",
        );
    }
  }

  #hosts(group: string, [pattern, tree]: readonly [string, Tree]): void {
    const { names, port } = hostsNamed(pattern, tree.where);
    this.#count(names.length, tree);
    const variables = entriesOf(tree, `the host ${pattern}`);
    for (const name of names) {
      const isNew = !this.#graph.hosts.has(name);
      const host = this.#graph.host(name, group, tree.where);
      if (isNew && port !== undefined) host.variables.set("ansible_port", { value: port, where: tree.where });
      for (const [key, one] of variables) host.variables.set(key, settingOf(one));
    }
  }

  #count(more: number, tree: Tree): void {
    this.#read += more;
    if (this.#read > most)
      fail(tree, `the file has more than ${most} groups and hosts, by its aliases`, "write it with fewer aliases");
  }
}

/** The entries of a part of a group. As in Ansible, a text stands for a map with this key alone. */
function sectionOf(tree: Tree, name: string): [string, Tree][] {
  if (typeof tree.value !== "string") return entriesOf(tree, name);
  return [[tree.value, { where: tree.where, value: { unread: "nothing" } }]];
}

/** The entries of a map. As in Ansible, nothing stands for an empty map. */
export function entriesOf(tree: Tree, name: string): [string, Tree][] {
  if (tree.map) return [...tree.map];
  const isNothing = typeof tree.value === "object" && "unread" in tree.value && tree.value.unread === "nothing";
  if (isNothing) return [];
  return fail(
    tree,
    `${name} is no map`,
    "write each name with a colon after it and without a dash before it, as in `ns1:`",
  );
}

export function settingOf({ value, where }: Tree): Setting {
  return { value, where };
}

function fail({ where }: Tree, why: string, remedy: string): never {
  throw new InventoryMistake({ where, why, remedy });
}
