import { InventoryMistake } from "./mistake";
import type { Setting } from "./value";

/** A group of an inventory, by the names of its members. */
export interface Group {
  readonly name: string;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  readonly hosts: Set<string>;
  readonly variables: Map<string, Setting>;
  /** Variables of its files in `group_vars`, which come after all groups' own. */
  readonly fileVariables: Map<string, Setting>;
}

export interface Host {
  readonly name: string;
  /** The first place that names it. */
  readonly where: string;
  readonly groups: Set<string>;
  readonly variables: Map<string, Setting>;
  /** Variables of its files in `host_vars`, which come last. */
  readonly fileVariables: Map<string, Setting>;
}

/** The hosts and groups of an inventory of Ansible, as its files name them. Every host is in `all`, which has no parent. */
export class Graph {
  readonly groups = new Map<string, Group>();
  /** In the order of their first places. */
  readonly hosts = new Map<string, Host>();

  /** The group of this name, new where it has not been named yet. */
  group(name: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    const maps = { variables: new Map(), fileVariables: new Map() };
    const group = { name, children: new Set<string>(), parents: new Set<string>(), hosts: new Set<string>(), ...maps };
    this.groups.set(name, group);
    return group;
  }

  /** The host of this name, new where it has not been named yet, as a member of a group. */
  host(name: string, group: string, where: string): Host {
    let host = this.hosts.get(name);
    if (!host) {
      host = { name, where, groups: new Set(), variables: new Map(), fileVariables: new Map() };
      this.hosts.set(name, host);
    }
    host.groups.add(group);
    this.group(group).hosts.add(name);
    return host;
  }

  /** Puts a group into another one. */
  nest(parent: string, child: string, where: string): void {
    // As in Ansible, `all` is above every group without being named.
    if (child === "all" || child === parent || this.above(parent).has(child))
      throw new InventoryMistake({
        where,
        why: `the group ${child} would be in itself, by way of ${parent}`,
        remedy: `take ${child} out of ${parent}`,
      });
    this.group(parent).children.add(child);
    this.group(child).parents.add(parent);
  }

  /** The groups above a group, without the group itself. */
  above(name: string): ReadonlySet<string> {
    const found = new Set<string>();
    const visit = (group: string): void => {
      for (const parent of this.groups.get(group)?.parents ?? []) {
        if (found.has(parent)) continue;
        found.add(parent);
        visit(parent);
      }
    };
    visit(name);
    return found;
  }
}
