import type { LabHost } from "../../sshd";
import type { MemoryHost } from "../memory-host";
import { setAcl, setCapabilities } from "../words/repair";

/** An entry that a case begins with, in one form for both hosts. */
export interface Entry {
  readonly is: "directory" | "file" | "link" | "fifo" | "device" | "hard link";
  /** The text of a file, the target of a link, the other path of a hard link, or `major:minor`. */
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly acl?: string;
  readonly capabilities?: string;
}

/** Entries by path: absolute, or in the case's root. */
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
export const charDevice = (text: string, mode = 0o600) => entry("device", text, mode, {});
export const hardLink = (text: string) => entry("hard link", text, 0, {});

const absolute = (root: string, path: string) =>
  path.startsWith("/") ? path : path === "." ? root : `${root}/${path}`;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes the entries on a real host. */
export async function makeOnHost(host: LabHost, root: string, given: Given): Promise<void> {
  const lines = Object.entries(given).flatMap(([path, entry]) => {
    const [at, text] = [quoted(absolute(root, path)), quoted(entry.text)];
    const { uid, gid, mode, acl, capabilities } = entry;
    if (entry.is === "hard link") return [`ln ${quoted(absolute(root, entry.text))} ${at}`];
    const made = {
      directory: `mkdir -p ${at}`,
      file: `printf %s ${text} >${at}`,
      link: `ln -s ${text} ${at}`,
      fifo: `mkfifo ${at}`,
      device: `mknod ${at} c ${entry.text.replace(":", " ")}`,
    }[entry.is];
    return [
      `${made} && chown -h ${uid}:${gid} ${at}`,
      ...(acl === undefined ? [] : [`setfacl -Pbk -m ${acl} ${at}`]),
      ...(entry.is === "link" ? [] : [`chmod 0${mode.toString(8).padStart(4, "0")} ${at}`]),
      ...(capabilities === undefined ? [] : [`setcap ${capabilities} ${at}`]),
    ];
  });
  await host.must(lines.map((line) => `${line} || exit`).join("\n"));
}

/** Makes the same entries in memory. */
export function makeInMemory(host: MemoryHost, root: string, given: Given): void {
  const { tree } = host;
  for (const [path, entry] of Object.entries(given)) {
    const at = absolute(root, path);
    const make = {
      directory: () => tree.mkdirs(at),
      file: () => tree.write(at, entry.text),
      link: () => tree.symlink(entry.text, at),
      fifo: () => tree.mknod(at, "fifo", 0o600),
      device: () => tree.mknod(at, "character device", 0o600, { numbers: entry.text }),
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
