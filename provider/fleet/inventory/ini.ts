import type { Graph } from "./graph";
import { hostsNamed } from "./host-pattern";
import { iniValue } from "./ini-value";
import { InventoryMistake } from "./mistake";
import type { Setting } from "./value";
import { wordsOf } from "./words";

/** Reads an inventory in Ansible's own dialect of INI into a graph. */
export function readIni(graph: Graph, text: string, path: string): void {
  const reading = new Reading(graph, path);
  for (const [index, line] of text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).entries())
    reading.line(line.trim(), index + 1);
  reading.end();
}

/** The kinds of a section: its lines are hosts, groups inside the group, or variables of the group. */
const kinds = ["hosts", "children", "vars"];

class Reading {
  readonly #graph: Graph;
  readonly #path: string;
  readonly #declared: Set<string>;
  /** Groups that are named before a section of theirs, with the place and the section that names them. */
  readonly #pending = new Map<string, { readonly where: string; readonly section: string }>();
  #group = "ungrouped";
  #kind = "hosts";
  #where = "";

  constructor(graph: Graph, path: string) {
    this.#graph = graph;
    this.#path = path;
    // A group of an earlier file of the inventory needs no section here.
    this.#declared = new Set(["all", "ungrouped", ...graph.groups.keys()]);
  }

  line(line: string, number: number): void {
    this.#where = `${this.#path}:${number}`;
    if (line === "" || /^[;#]/.test(line)) return;
    if (/^\[[^\]]*\]\s*(?:#.*)?$/.test(line)) this.#section(line);
    else if (this.#kind === "vars") this.#variable(line);
    else if (this.#kind === "children") this.#child(line);
    else this.#host(line);
  }

  /** Each group that is named has to have a section of its own. */
  end(): void {
    for (const [group, { where, section }] of this.#pending)
      if (!this.#declared.has(group))
        throw new InventoryMistake({
          where,
          why: `the section ${section} names the group ${group}, which has no section of its own`,
          remedy: `add a section [${group}], or correct the name`,
        });
  }

  #section(line: string): void {
    const [, group, kind = "hosts"] = /^\[([^:\]\s]+)(?::(\w+))?\]/.exec(line) ?? [];
    if (group === undefined || !kinds.includes(kind))
      this.#fail(`${line} is no section`, "write [group], [group:children] or [group:vars], without spaces");
    this.#group = group;
    this.#kind = kind;
    this.#graph.group(group);
    if (kind === "vars") this.#expect(group, `[${group}:vars]`);
    else this.#declared.add(group);
  }

  #host(line: string): void {
    const words = wordsOf(line);
    // The line may have a password in it: no message shows it.
    if ("why" in words)
      this.#fail(`the line ${words.why}`, "put single quotes around a value with quotes, spaces or #");
    const [pattern = "", ...settings] = words;
    if (pattern === "") this.#fail("the line has no host", "begin it with the name of a host");
    if (pattern === "---") this.#fail("the file looks like YAML", "give it a name that ends in .yml");
    const variables = settings.map((word, index) => this.#setting(word, index));
    const { names, port } = hostsNamed(pattern, this.#where);
    for (const name of names) {
      const isNew = !this.#graph.hosts.has(name);
      const host = this.#graph.host(name, this.#group, this.#where);
      // As in Ansible: the port of a host's first line counts alone.
      if (isNew && port !== undefined) host.variables.set("ansible_port", { value: port, where: this.#where });
      for (const [key, setting] of variables) host.variables.set(key, setting);
    }
  }

  #setting(word: string, index: number): [string, Setting] {
    const at = word.indexOf("=");
    if (at === -1)
      this.#fail(
        `the word ${index + 2} of the line is no key=value`,
        "put quotes around a value with spaces, and write each host on a line of its own",
      );
    return [word.slice(0, at), { value: iniValue(word.slice(at + 1)), where: this.#where }];
  }

  #variable(line: string): void {
    const at = line.indexOf("=");
    if (at === -1) this.#fail(`the line is no key=value, in [${this.#group}:vars]`, "write each variable as key=value");
    const value = iniValue(line.slice(at + 1).trim());
    this.#graph.group(this.#group).variables.set(line.slice(0, at).trim(), { value, where: this.#where });
  }

  #child(line: string): void {
    const [, child] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line) ?? [];
    if (child === undefined)
      this.#fail(
        `the line is no name of a group, in [${this.#group}:children]`,
        "write the name of one group on each line",
      );
    this.#expect(child, `[${this.#group}:children]`);
    this.#graph.nest(this.#group, child, this.#where);
  }

  #expect(group: string, section: string): void {
    if (!this.#pending.has(group)) this.#pending.set(group, { where: this.#where, section });
  }

  #fail(why: string, remedy: string): never {
    throw new InventoryMistake({ where: this.#where, why, remedy });
  }
}
