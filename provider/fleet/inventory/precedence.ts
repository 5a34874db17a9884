import type { Graph, Group, Host } from "./graph";
import type { Setting, Variables } from "./value";

/** The variables of each host by Ansible's rules of precedence, and the groups that it is in. */
export class Precedence {
  readonly #graph: Graph;
  readonly #depths = new Map<string, number>();
  readonly #sorted = new Map<string, readonly Group[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /**
   * The groups of a host but `all`, those above its own among them: the deeper and the more urgent ones last, then by name. A
   * host of no other group is in `ungrouped`.
   */
  groupsOf({ groups }: Host): readonly Group[] {
    const key = JSON.stringify([...groups].sort());
    const known = this.#sorted.get(key);
    if (known) return known;
    const names = new Set([...groups].flatMap((name) => [name, ...this.#graph.above(name)]));
    for (const name of ["all", "ungrouped"]) names.delete(name);
    const found = [...(names.size === 0 ? ["ungrouped"] : names)].map((name) => this.#graph.group(name));
    const sorted = found
      .map((group) => ({ group, at: [this.#depth(group.name), priorityOf(group)] as const }))
      .sort(
        (one, other) => one.at[0] - other.at[0] || one.at[1] - other.at[1] || order(one.group.name, other.group.name),
      )
      .map(({ group }) => group);
    this.#sorted.set(key, sorted);
    return sorted;
  }

  /** The variables that count for a host: `all`, its groups, `group_vars` of both, its own, `host_vars`; the last one wins. */
  variablesOf(host: Host): Variables {
    const all = this.#graph.group("all");
    const groups = this.groupsOf(host);
    const layers = [
      all.variables,
      ...groups.map(({ variables }) => variables),
      all.fileVariables,
      ...groups.map(({ fileVariables }) => fileVariables),
      host.variables,
      host.fileVariables,
    ];
    return new Map(layers.flatMap((layer): [string, Setting][] => [...layer]));
  }

  /** The longest way down from `all`. */
  #depth(name: string): number {
    const known = this.#depths.get(name);
    if (known !== undefined) return known;
    const parents = [...(this.#graph.groups.get(name)?.parents ?? [])];
    const depth = name === "all" ? 0 : 1 + Math.max(0, ...parents.map((parent) => this.#depth(parent)));
    this.#depths.set(name, depth);
    return depth;
  }
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** As in Ansible, files in `group_vars` do not set it. */
function priorityOf({ variables }: Group): number {
  const value = variables.get("ansible_group_priority")?.value;
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : 1;
}
