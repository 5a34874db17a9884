import type { FleetHosts } from "../host";
import { fleetOf } from "./fleet-json";
import { Graph } from "./graph";
import { hostsOf } from "./hosts-of";
import { readIni } from "./ini";
import { readListOutput } from "./list-output";
import { InventoryMistake } from "./mistake";
import { type Tree, treeOf } from "./tree";
import type { Setting } from "./value";
import { readYaml } from "./yaml";
import { entriesOf, readYamlInventory, settingOf } from "./yaml-inventory";

/** A file of an inventory. */
export interface Source {
  /** The file as messages name it. */
  readonly path: string;
  readonly text: string;
}

/** An inventory, made of the texts of its files. */
export class InventoryText {
  readonly #graph = new Graph();
  #fleet: FleetHosts | undefined;
  /** Files in `group_vars` and `host_vars` count: a file that `ansible-inventory` made has their variables in it. */
  hasVarsFiles = true;

  /** The groups and hosts that may have files of variables. */
  get names(): { readonly groups: readonly string[]; readonly hosts: readonly string[] } {
    const { groups, hosts } = this.#graph;
    return { groups: ["all", "ungrouped", ...groups.keys()], hosts: [...hosts.keys()] };
  }

  addIni({ text, path }: Source): void {
    readIni(this.#graph, text, path);
  }

  addYaml({ text, path }: Source): void {
    const tree = readYaml(text, path);
    if (tree) readYamlInventory(this.#graph, withMap(tree));
  }

  /** JSON in one of three forms: the fleet's own, that of `ansible-inventory --list`, and Ansible's YAML form as JSON. */
  addJson({ text, path }: Source): void {
    const json = parse(text, path);
    const tree = treeOf(json, path);
    if (tree.map?.has("_meta")) {
      readListOutput(this.#graph, tree);
      this.hasVarsFiles = false;
    } else if (tree.map?.has("all") && !tree.map.get("all")?.map?.has("host")) readYamlInventory(this.#graph, tree);
    else this.#fleet = { ...this.#fleet, ...fleetOf(json, path) };
  }

  /** Adds a file of `group_vars` or `host_vars`, which is YAML or JSON. A later file of the same name wins. */
  addVarsFile(kind: "group" | "host", name: string, { text, path }: Source): void {
    if (/^\s*\$ANSIBLE_VAULT[;\s]/.test(text))
      throw new InventoryMistake({
        where: path,
        why: "the file is encrypted by Ansible Vault, so the connection may depend on variables that nothing here can read",
        remedy:
          "run ansible-inventory --list --ask-vault-pass -i FILE > hosts.json, and use that file, which has the secrets in the clear",
      });
    const tree = readYaml(text, path);
    const variables =
      kind === "group" ? this.#graph.group(name).fileVariables : this.#graph.hosts.get(name)?.fileVariables;
    const entries: [string, Setting][] = tree
      ? entriesOf(tree, "the file").map(([key, one]) => [key, settingOf(one)])
      : [];
    for (const [key, setting] of entries) variables?.set(key, setting);
  }

  hosts(): FleetHosts {
    return { ...hostsOf(this.#graph), ...this.#fleet };
  }
}

function withMap(tree: Tree): Tree {
  if (tree.map) return tree;
  throw new InventoryMistake({
    where: tree.where,
    why: "the file is no map of groups",
    remedy: "begin with the line `all:`, and put `hosts:` below it; an INI inventory needs another name than .yml",
  });
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse has a part of the text in it, which may be a password.
    readYaml(text, path);
    throw new InventoryMistake({ where: path, why: "the file is no JSON", remedy: "correct it" });
  }
}
