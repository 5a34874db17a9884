import { type Given, makeEntries } from "./entries";
import type { Inode } from "./inode";
import { accounts, type Machine, ownerNames } from "./machine";

/** The hands of people and daemons on the files of a host in memory. */
export class HostFiles {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Makes entries below a root, each where nothing is yet. */
  make(root: string, given: Given): void {
    makeEntries(this.#machine.tree, root, given);
  }

  /** Writes into a file, or makes one of root's. */
  write(path: string, text: string): void {
    this.#machine.tree.write(path, text);
  }

  /** Writes a text into a file that is made of its present one. */
  change(path: string, change: (text: string) => string): void {
    this.write(path, change(this.read(path)));
  }

  /** Removes entries with all below them. */
  remove(...paths: string[]): void {
    for (const path of paths) this.#machine.tree.remove(path);
  }

  chmod(mode: number, ...paths: string[]): void {
    for (const path of paths) this.#machine.tree.chmod(this.#machine.tree.get(path), mode);
  }

  /** Gives entries owners by name (`www:www`). */
  chown(owners: string, ...paths: string[]): void {
    const [user, group] = owners.split(":");
    const idOf = (file: "passwd" | "group", name = "") => {
      const id = accounts(this.#machine, file).find(([one]) => one === name)?.[2];
      if (id === undefined) throw new Error(`the host has no ${file} entry for ${name}`);
      return Number(id);
    };
    for (const path of paths)
      this.#machine.tree.chown(this.#machine.tree.get(path), idOf("passwd", user), idOf("group", group));
  }

  read(path: string): string {
    return this.#machine.tree.read(path);
  }

  /** The names in a directory, sorted; none where there is no directory. */
  names(path: string): string[] {
    return [...(this.#machine.tree.find(path)?.children.keys() ?? [])].sort();
  }

  /** The names of all entries below a directory, sorted, with paths from there. */
  below(path: string): string[] {
    const visit = (inode: Inode, at: string): string[] =>
      [...inode.children].flatMap(([name, child]) => [`${at}${name}`, ...visit(child, `${at}${name}/`)]);
    const top = this.#machine.tree.find(path);
    return top ? visit(top, "").sort() : [];
  }

  /** Owners and mode of an entry (`root:www 750`), or its target (`-> etc`); `absent` where there is none. */
  told(path: string): string {
    const inode = this.#machine.tree.find(path);
    if (!inode) return "absent";
    if (inode.type === "link") return `-> ${inode.content}`;
    return `${ownerNames(this.#machine, inode)} ${inode.mode.toString(8)}`;
  }
}
