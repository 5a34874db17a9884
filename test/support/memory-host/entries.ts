import type { Tree } from "./tree";
import { setAcl, setCapabilities } from "./words/repair";

/** An entry that a test begins with. */
export interface Entry {
  /** `c` and `b` are devices. */
  readonly is: "directory" | "file" | "link" | "fifo" | "c" | "b" | "hard link";
  /** The text of a file, the target of a link, the other path of a hard link, or `major:minor`. */
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly acl?: string;
  readonly capabilities?: string;
}

/** Entries by path: absolute, or below a root, which is `.`. */
export type Given = Readonly<Record<string, Entry>>;

type More = Partial<Omit<Entry, "is" | "text">>;

const entry = (is: Entry["is"], text: string, mode: number, more: More): Entry => ({
  is,
  text,
  mode,
  uid: 0,
  gid: 0,
  ...more,
});
export const directory = (mode = 0o755, more: More = {}) => entry("directory", "", mode, more);
export const file = (text = "text\n", mode = 0o644, more: More = {}) => entry("file", text, mode, more);
export const link = (text: string, more: More = {}) => entry("link", text, 0o777, more);
export const fifo = (mode = 0o600) => entry("fifo", "", mode, {});
export const charDevice = (text: string, mode = 0o600) => entry("c", text, mode, {});
export const blockDevice = (text: string, mode = 0o600) => entry("b", text, mode, {});
export const hardLink = (text: string) => entry("hard link", text, 0, {});

export const absolute = (root: string, path: string) =>
  path.startsWith("/") ? path : path === "." ? root : `${root}/${path}`;

/** Makes entries in a tree, each where nothing is yet. */
export function makeEntries(tree: Tree, root: string, given: Given): void {
  for (const [path, entry] of Object.entries(given)) {
    const at = absolute(root, path);
    const make = {
      directory: () => tree.mkdirs(at),
      file: () => tree.write(at, entry.text),
      link: () => tree.symlink(entry.text, at),
      fifo: () => tree.mknod(at, "fifo", 0o600),
      c: () => tree.mknod(at, "character device", 0o600, { numbers: entry.text }),
      b: () => tree.mknod(at, "block device", 0o600, { numbers: entry.text }),
      "hard link": () => tree.link(tree.get(absolute(root, entry.text)), at),
    }[entry.is];
    const inode = make();
    if (entry.is === "hard link" || !inode) continue;
    tree.chown(inode, entry.uid, entry.gid);
    if (entry.acl !== undefined) setAcl(tree, inode, entry.acl);
    if (entry.is !== "link") tree.chmod(inode, entry.mode);
    if (entry.capabilities !== undefined) setCapabilities(tree, inode, { text: entry.capabilities, path: at });
  }
}
