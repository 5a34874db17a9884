import { Refused } from "./failure";
import type { Inode, InodeType } from "./inode";

/** A name in a directory; `inode` is absent where nothing has it. */
export interface Place {
  readonly directory: Inode;
  readonly name: string;
  readonly inode: Inode | undefined;
}

/** The most links that one path may lead through, as in Linux. */
const mostLinks = 40;

/**
 * A file system in memory. Names and contents are latin1 strings, as everywhere in the provider. A path that does not begin with
 * `/` begins at `from`. Each method does one system call, as root, and throws what that call would.
 */
export class Tree {
  readonly root: Inode;
  /** Changes of inodes since the start. */
  changes = 0;
  #numbers = 1;

  constructor() {
    this.root = this.#inode("directory", 0o755, 0);
    this.root.above = this.root;
  }

  /** Finds an entry; undefined where there is none. A link at the end is followed only if the caller says so. */
  find(path: string, from = this.root, { follow = false } = {}): Inode | undefined {
    const place = this.#look(path, from, follow);
    return typeof place === "string" ? undefined : place.inode;
  }

  get(path: string, from = this.root, { follow = false } = {}): Inode {
    const { inode } = this.#walk(path, from, follow);
    if (!inode) throw new Refused("missing");
    return inode;
  }

  /** The bytes of a file; a link is followed. */
  read(path: string, from = this.root): string {
    const inode = this.get(path, from, { follow: true });
    if (inode.type === "directory") throw new Refused("directory");
    return inode.content;
  }

  /** Makes a file, or writes into the one that is there. */
  write(path: string, content: string, mode = 0o644, from = this.root): Inode {
    const place = this.#walk(path, from, true);
    if (!place.inode) return this.#enter(place, this.#inode("file", mode, this.#groupIn(place), content));
    if (place.inode.type === "directory") throw new Refused("directory");
    place.inode.content = content;
    return this.touch(place.inode);
  }

  mkdir(path: string, mode = 0o755, from = this.root): Inode {
    const place = this.#free(path, from);
    const setgid = place.directory.mode & 0o2000;
    const made = this.#inode("directory", mode | setgid, this.#groupIn(place));
    made.above = place.directory;
    place.directory.links++;
    return this.#enter(place, made);
  }

  /** Makes a directory where it is missing, and those above it. */
  mkdirs(path: string): Inode {
    let made = this.root;
    for (const name of path.split("/").filter(Boolean))
      made = this.find(name, made, { follow: true }) ?? this.mkdir(name, 0o755, made);
    return made;
  }

  symlink(target: string, path: string, from = this.root): Inode {
    const place = this.#free(path, from);
    return this.#enter(place, this.#inode("link", 0o777, this.#groupIn(place), target));
  }

  /** Makes a FIFO, a socket, or a device with numbers `major:minor`. */
  mknod(
    path: string,
    type: Exclude<InodeType, "file" | "directory" | "link">,
    mode: number,
    { numbers = "", from = this.root }: { readonly numbers?: string; readonly from?: Inode | undefined } = {},
  ): Inode {
    const place = this.#free(path, from);
    return this.#enter(place, this.#inode(type, mode, this.#groupIn(place), numbers));
  }

  /** Gives an inode one more name. */
  link(inode: Inode, path: string, from = this.root): void {
    inode.links++;
    this.#enter(this.#free(path, from), this.touch(inode));
  }

  /** Removes a name of anything but a directory. */
  unlink(path: string, from = this.root): void {
    const { directory, name, inode } = this.#walk(path, from, false);
    if (!inode) throw new Refused("missing");
    if (inode.type === "directory") throw new Refused("directory");
    inode.links--;
    this.touch(inode);
    this.#drop(directory, name);
  }

  rmdir(path: string, from = this.root): void {
    const { directory, name, inode } = this.#walk(path, from, false);
    if (!inode) throw new Refused("missing");
    if (inode.type !== "directory") throw new Refused("noDirectory");
    if (inode.children.size > 0) throw new Refused("notEmpty");
    directory.links--;
    this.#drop(directory, name);
  }

  /** Moves an entry by one rename; it replaces a file, and an empty directory if it is one itself. */
  rename(path: string, to: string, from = this.root): void {
    const old = this.#walk(path, from, false);
    const place = this.#walk(to, from, false);
    const { inode } = old;
    if (!inode) throw new Refused("missing");
    if (place.inode?.type === "directory" && inode.type !== "directory") throw new Refused("directory");
    if (place.inode) {
      if (inode.type === "directory") this.rmdir(to, from);
      else this.unlink(to, from);
    }
    this.#drop(old.directory, old.name);
    if (inode.type === "directory") {
      old.directory.links--;
      place.directory.links++;
      inode.above = place.directory;
    }
    this.#enter(place, this.touch(inode));
  }

  /** Removes an entry and all below it; nothing is there afterwards. */
  remove(path: string, from = this.root): void {
    const inode = this.find(path, from);
    if (!inode) return;
    for (const name of [...inode.children.keys()]) this.remove(name, inode);
    if (inode.type === "directory") this.rmdir(path, from);
    else this.unlink(path, from);
  }

  chmod(inode: Inode, mode: number): void {
    inode.mode = mode & 0o7777;
    this.touch(inode);
  }

  /** Gives an inode owners. That takes setuid, setgid and capabilities from a file, as Linux does. */
  chown(inode: Inode, uid: number, gid: number): void {
    inode.uid = uid;
    inode.gid = gid;
    if (inode.type !== "directory" && inode.type !== "link")
      inode.mode &= (inode.mode & 0o010) !== 0 ? ~0o6000 : ~0o4000;
    inode.capabilities = "";
    this.touch(inode);
  }

  /** Notes that an inode has changed. */
  touch(inode: Inode): Inode {
    this.changes++;
    inode.changed = BigInt(this.changes);
    return inode;
  }

  #inode(type: InodeType, mode: number, gid: number, content = ""): Inode {
    const number = this.#numbers++;
    const links = type === "directory" ? 2 : 1;
    const children = type === "directory" ? new Map<string, Inode>() : noChildren;
    const owned = { mode, uid: 0, gid, acl: [], capabilities: "", above: undefined, changed: 0n };
    return { type, number, links, content, children, ...owned };
  }

  #enter({ directory, name }: Place, inode: Inode): Inode {
    directory.children.set(name, inode);
    this.touch(directory);
    return this.touch(inode);
  }

  #drop(directory: Inode, name: string): void {
    directory.children.delete(name);
    this.touch(directory);
  }

  #groupIn({ directory }: Place): number {
    return (directory.mode & 0o2000) !== 0 ? directory.gid : 0;
  }

  #free(path: string, from: Inode): Place {
    const place = this.#walk(path, from, false);
    if (place.inode) throw new Refused("exists");
    return place;
  }

  #walk(path: string, from: Inode, follow: boolean): Place {
    const place = this.#look(path, from, follow);
    if (typeof place === "string") throw new Refused(place);
    return place;
  }

  /** Finds a place, or the reason why there is none. An error for each name that is not there would take most of a look's time. */
  #look(path: string, from: Inode, follow: boolean): Place | Refused["reason"] {
    let place: Place = { directory: this.root, name: "", inode: path.startsWith("/") ? this.root : from };
    const left = path.split("/").reverse();
    for (let links = 0; left.length > 0; ) {
      const name = left.pop() ?? "";
      const directory = place.inode;
      if (!directory) return "missing";
      if (directory.type !== "directory") return "noDirectory";
      if (name === "" || name === ".") continue;
      if (name === "..") {
        place = { directory, name, inode: directory.above };
        continue;
      }
      const inode = directory.children.get(name);
      place = { directory, name, inode };
      if (inode?.type !== "link" || (left.length === 0 && !follow)) continue;
      links++;
      if (links > mostLinks) return "loop";
      left.push(...inode.content.split("/").reverse());
      place = { directory, name, inode: inode.content.startsWith("/") ? this.root : directory };
    }
    return place;
  }
}

const noChildren = new Map<string, Inode>();
