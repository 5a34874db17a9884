import { Ending, Failure } from "./failure";
import type { Inode } from "./inode";
import type { Machine } from "./machine";
import { firstUnsafe } from "./way";

/** The place where an agent stages the current file, and the path of that file. */
export interface Staging {
  readonly target: string;
  readonly stage: string;
  readonly name: string;
  readonly old: string;
}

/** One agent on a host in memory: the variables of the real agent's shell, and its voice. */
export class Session {
  readonly machine: Machine;
  /** Begins each line, so that no name can forge one. */
  nonce = "";
  readonly #print: (text: string) => void;
  /** The declared root, and its directory once the agent has entered it. */
  root = "";
  entered: Inode | undefined;
  /** The directory of the registry, once it is chosen. */
  registry: string | undefined;
  /** The same directory while this session changes it. */
  changing: Inode | undefined;
  zone: readonly string[] | undefined;
  depth = Number.POSITIVE_INFINITY;
  skipped: ReadonlySet<string> = new Set();
  /** Levels of sealed directories, and those that the plan has in it. */
  level = 0;
  planned: number | undefined;
  isSealed = false;
  /** Directories that files were staged in, and the number of this session's in the jail's root. */
  staged: readonly string[] = [];
  made: number | undefined;
  staging: Staging | undefined;

  constructor(machine: Machine, print: (text: string) => void) {
    this.machine = machine;
    this.#print = print;
  }

  /** Sends one line of a reply. */
  say(text: string): void {
    this.#print(`${this.nonce} ${text}\0`);
  }

  /** Sends a list: the output of a tool, as it is. */
  list(name: string, output: string, failed = new Failure("", 0)): void {
    this.say(`list ${name}`);
    this.#print(`${output}\0`);
    this.say(`listed ${failed.status} ${failed.message}`);
  }

  /** Sends a list with each line of the output as a piece. */
  lines(name: string, output: string, failed?: Failure): void {
    this.list(name, output.replaceAll("\n", "\0"), failed);
  }

  /** The directory that paths below the root begin in. */
  get jail(): Inode {
    if (!this.entered) throw new Failure("no jail has been entered");
    return this.entered;
  }

  /** Finds an entry below the root (`.//path`), or on the host by its absolute path. */
  find(path: string, follow = false): Inode | undefined {
    if (!this.entered && !path.startsWith("/")) return undefined;
    return this.machine.tree.find(path, this.entered, { follow });
  }

  get isChange(): boolean {
    return this.changing !== undefined;
  }

  /** Whether the registry that this session changes is still there: a test may have removed it. */
  get hasRegistry(): boolean {
    return this.isChange && this.registry !== undefined && this.machine.tree.find(this.registry) === this.changing;
  }

  /** Keeps the data of a request in a file of the registry, as the real agent does: without a registry it ends. */
  expectRegistry(file = ".list"): void {
    if (this.registry !== undefined && this.machine.tree.find(this.registry)) return;
    throw new Ending(
      `${this.registry ?? "/dev/null"}/${file} cannot be written (is the file system full or read-only?)`,
    );
  }

  /** A file of the registry. */
  inRegistry(name: string): string {
    if (this.registry === undefined) throw new Failure("no registry has been chosen");
    return `${this.registry}/${name}`;
  }

  /** The files of a directory in the registry, in the order of the shell's `*`. */
  registryFiles(directory: string): string[] {
    const inode = this.registry === undefined ? undefined : this.machine.tree.find(`${this.registry}/${directory}`);
    const names = [...(inode?.children ?? [])].filter(([, { type }]) => type === "file").map(([name]) => name);
    return names.sort().map((name) => (directory === "" ? name : `${directory}/${name}`));
  }

  /** Fails where users other than root could put another thing in the place of a path of the host. */
  expectSafe(path: string): void {
    if (firstUnsafe(this.machine, path)) throw new Failure("other users than root may change a directory above it");
  }
}
