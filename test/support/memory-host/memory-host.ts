import type { Site } from "../../../provider/agent/site";
import { ChrootError } from "../../../provider/errors";
import type { Bytes } from "../../../provider/model/bytes";
import type { Connection } from "../../../provider/model/connection";
import type { Command } from "../../../provider/ssh/become";
import type { Channel } from "../../../provider/ssh/channel";
import type { Seen } from "../jail-site";
import { HostFiles } from "./host-files";
import { type Inode, liveOf } from "./inode";
import { Locks } from "./locks";
import type { Machine } from "./machine";
import { MemoryChannel } from "./memory-channel";
import { Tree } from "./tree";

/** How a test wants its host. */
export interface MemoryOptions {
  /** Accounts beside root and nobody; each has a group of its name. */
  readonly accounts?: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
  /** Commands and settings that the host lacks, in the words of the protocol's `gap`. */
  readonly gaps?: readonly string[];
}

const mountinfo = "/proc/self/mountinfo";
let count = 0;

/**
 * A host whose agent answers from a tree in memory. No process, shell or socket is behind it: a preview takes a millisecond, and a
 * test can have a thousand of them.
 */
export class MemoryHost implements Machine {
  readonly tree = new Tree();
  /** Hands of a test on the tree. */
  readonly files = new HostFiles(this);
  readonly locks = new Locks();
  readonly gaps: ReadonlySet<string>;
  readonly connection: Connection;
  /** Requests of all agents by word, agents, and round trips, since the start. */
  readonly requests = new Map<string, number>();
  agents = 0;
  rounds = 0;
  /** Words that were asked for and are not served, and errors of this host's own. A test of anything else fails for them. */
  readonly broken: string[] = [];

  constructor({ accounts = {}, gaps = [] }: MemoryOptions = {}) {
    count++;
    this.gaps = new Set(gaps);
    this.connection = { host: `memory-${count}`, user: "root" };
    const all = { root: { uid: 0, gid: 0 }, nobody: { uid: 65534, gid: 65534 }, ...accounts };
    const users = Object.entries(all).map(
      ([name, { uid, gid }]) => `${name}:x:${uid}:${gid}:${name}:/:/usr/sbin/nologin\n`,
    );
    const groups = Object.entries(all).map(([name, { gid }]) => `${name}:x:${gid}:\n`);
    for (const path of directories) this.tree.mkdirs(path);
    this.tree.chmod(this.tree.mkdir("/tmp"), 0o1777);
    this.tree.write("/etc/passwd", users.join(""));
    this.tree.write("/etc/group", groups.join(""));
    this.tree.write("/etc/machine-id", `${String(count).padStart(32, "0")}\n`);
    this.tree.write(mountinfo, "21 1 0:30 / / rw,relatime - tmpfs tmpfs rw\n");
    this.tree.write("/proc/sys/kernel/osrelease", "6.12.0-memory\n");
  }

  /** Starts an agent. */
  open(connection: Connection, command: Command): Channel {
    const [, program] = / count=(\d+) /.exec(command("", "")) ?? [];
    if (connection.become || program === undefined) throw new Error("a host in memory runs the agent alone, as root");
    this.agents++;
    return new MemoryChannel(this, Number(program), {
      where: `${connection.user ?? "root"}@${connection.host}`,
      asked: (word) => this.requests.set(word, (this.requests.get(word) ?? 0) + 1),
      round: () => {
        this.rounds++;
      },
      broken: (why) => this.broken.push(why),
    });
  }

  /** A jail on this host. */
  site(root: string): Site {
    return { connection: this.connection, root };
  }

  /** Notes a mount of a tmpfs in the mount table; the entries at and below its point stay those of the tree. */
  mount(point: string, options: string): void {
    const escaped = point.replace(/ /g, "\\040");
    this.files.change(mountinfo, (text) => `${text}99 21 0:99 / ${escaped} ${options} - tmpfs tmpfs rw\n`);
  }

  unmount(point: string): void {
    const escaped = point.replace(/ /g, "\\040");
    this.files.change(mountinfo, (text) =>
      text
        .split("\n")
        .filter((line) => line.split(" ")[4] !== escaped)
        .join("\n"),
    );
  }

  /** Each inode at and below a path as lstat(2) would tell it; `.` is the top, to which a link may lead. */
  walk(top: string): Map<Bytes, Seen> {
    const found = new Map<Bytes, Seen>();
    const visit = (path: string, inode: Inode) => {
      found.set(path as Bytes, { ...liveOf(inode), ctime: inode.changed });
      for (const [name, child] of inode.children) visit(path === "." ? name : `${path}/${name}`, child);
    };
    visit(".", this.tree.get(top, this.tree.root, { follow: true }));
    return found;
  }
}

/** The directories of a system that a jail's way or its registry leads through. */
const directories = ["/etc", "/proc/self", "/proc/sys/kernel", "/run", "/srv", "/var/lib"];

/** The hosts in memory of this process, by the names that connections have for them. */
const hosts = new Map<string, MemoryHost>();

/** Makes a host that connections find by its name. */
export function startMemoryHost(options?: MemoryOptions): MemoryHost {
  const host = new MemoryHost(options);
  hosts.set(host.connection.host, host);
  return host;
}

/** Ends a host: connections find none by its name. */
export function stopMemoryHost(host: MemoryHost): void {
  hosts.delete(host.connection.host);
}

/** Finds the host in memory that a connection leads to; undefined for all other connections. */
export function memoryHost({ host }: Connection): MemoryHost | undefined {
  if (!host.startsWith("memory-")) return undefined;
  const found = hosts.get(host);
  if (found) return found;
  throw new ChrootError("unreachable", { what: "cannot connect", where: host, why: "this host in memory has ended" });
}
