import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChrootError } from "../errors";
import { type Bytes, showRemote } from "../model/bytes";
import type { Live } from "../model/entry";
import { quarantineName } from "../model/path";
import type { Channel } from "../ssh/channel";
import { scannedEntry } from "./records";

/** Seconds after which an agent that holds a lock ends when nothing comes from us any more. */
const idle = 60;

/** Where a host's registry is: a directory for each root, root:root 0700. */
const registryHome = "/var/lib/pulumi-chroot";
let program: string | undefined;

/** Plain shell beside the compiled code, so that whoever audits the package reads what their hosts run: in order of names. */
export function readProgram(): string {
  const folder = join(__dirname, "..", "..", "..", "provider", "agent", "host");
  const files = readdirSync(folder).sort();
  return files.map((file) => readFileSync(join(folder, file), "latin1")).join("\n");
}

/** The program with its settings, which have the same length for every nonce. */
function source(nonce: string): Buffer {
  program ??= readProgram();
  return Buffer.from(`${agentSettings(nonce)}\n${program}`, "latin1");
}

/** What the program expects to be set before it. */
export function agentSettings(nonce: string): string {
  return `NONCE=${nonce} REGISTRY_HOME=${registryHome} QUARANTINE=${quarantineName} IDLE=${idle}`;
}

/**
 * Bytes of one agent's replies. 100,000 entries are some 12 MB; whoever owns the daemon can make a tree whose paths alone
 * are gigabytes, and all jails and hosts share this process.
 */
const replyLimit = 256 * 1024 * 1024;

/** The status of what was killed, or never said how it ended. */
const cut = 255;

/** The agent's answer to one request. */
export interface Reply {
  readonly status: number;
  /** What went wrong, as the host's tools put it. Raw: `showRemote` before it is printed. */
  readonly error: string;
  /** The lines before the last one, as `[word, rest]`. */
  readonly lines: readonly (readonly [string, string])[];
  /** Whoever asked may change it: it is nobody else's. */
  readonly entries: Map<Bytes, Live>;
  /** What the host's tools have printed, by what it was asked for. */
  readonly lists: ReadonlyMap<string, List>;
}

/** What one tool of the host has printed, in pieces. */
export interface List {
  readonly pieces: readonly string[];
  readonly status: number;
  /** What it complained of. Raw, as a reply's. */
  readonly error: string;
}

/** Of what has printed nothing, and had nothing to complain of. */
export const emptyList: List = { pieces: [], status: 0, error: "" };

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly lines: [string, string][];
  readonly entries: Map<Bytes, Live>;
  readonly lists: Map<string, List>;
}

/**
 * The client's end of one agent. Requests may be sent without waiting for the reply to the one before: they are served
 * in order, so that a phase costs one round trip.
 */
export class Agent {
  readonly #channel: Channel;
  readonly #nonce = randomBytes(16).toString("hex");
  readonly #pending: Pending[] = [];
  #rest = "";
  #left: number;
  #greeted = false;
  /** The list that is being told. Of entries there is only the first half of a record, empty before it has come. */
  #list: { readonly name: string; readonly pieces: string[] } | undefined;
  #record: string | undefined;
  #failed: Error | undefined;
  /** What the last request that failed has said: an agent that ends has told so before. */
  #failure = "";

  constructor(channel: Channel, limit = replyLimit) {
    this.#channel = channel;
    this.#left = limit;
    channel.onData((data) => this.#receive(data));
    channel.onEnd((error) => this.#fail(this.#greeted ? this.#ended(error) : notStarted(error, this.#rest)));
    channel.write(source(this.#nonce));
  }

  /** The command that reads the program from stdin, whatever shell the account has. */
  static command(): string {
    const { length } = source("0".repeat(32));
    return `exec sh -c 'eval "$(dd bs=65536 count=${length} iflag=count_bytes,fullblock 2>/dev/null)"'`;
  }

  /** Sends one request, with data that its arguments give the length of; the line behind it says that it is whole. */
  request(line: string, data?: Buffer): Promise<Reply> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject, lines: [], entries: new Map(), lists: new Map() });
      this.#channel.write(Buffer.concat([Buffer.from(`${line}\n`), ...(data ? [data, Buffer.from("\n")] : [])]));
    });
  }

  /** Ends the agent, and with it its lock. */
  close(): void {
    this.#channel.end();
  }

  #ended(error: ChrootError): Error {
    if (error.code !== "cut" || this.#failure === "") return error;
    return error.because(
      `the agent has ended: ${showRemote(this.#failure)}`,
      "what was done so far is kept; run pulumi up again",
    );
  }

  #refuse(): void {
    const why =
      "the list of its entries is too long to be one of a jail (256 MiB): very deep directories, or millions of names";
    const remedy = "look on the host who makes them, and remove them there";
    this.#fail(new ChrootError("unreadable", { what: "cannot scan the jail", where: "", why, remedy }));
    this.#channel.abort();
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failed);
  }

  #receive(data: string): void {
    if (this.#failed) return;
    this.#left -= data.length;
    if (this.#left < 0) {
      this.#refuse();
      return;
    }
    const parts = (this.#rest + data).split("\0");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) this.#part(part);
  }

  #part(part: string): void {
    if (this.#record !== undefined && !part.startsWith(this.#nonce)) {
      if (this.#record === "") this.#record = part;
      else {
        const [path, live] = scannedEntry(this.#record, part);
        this.#pending[0]?.entries.set(path, live);
        this.#record = "";
      }
      return;
    }
    if (this.#list !== undefined && !part.startsWith(this.#nonce)) {
      this.#list.pieces.push(part);
      return;
    }
    // Before the first reply there may be whatever the account's shell prints at login.
    const text = this.#greeted ? part : part.slice(Math.max(0, part.lastIndexOf(this.#nonce)));
    this.#greeted = true;
    if (!text.startsWith(this.#nonce)) return;
    this.#line(text.slice(this.#nonce.length + 1));
  }

  #line(text: string): void {
    const [word, rest] = split(text);
    if (word === "hello") return;
    // One that is not said to have ended was cut: whatever printed it has died.
    if ((word === "list" || word === "done") && this.#list) this.#listed(`${cut} ${this.#list.name} was cut`);
    if (word === "list") {
      this.#list = { name: rest, pieces: [] };
      this.#record = rest === "entries" ? "" : undefined;
    } else if (word === "listed") this.#listed(rest);
    else if (word === "done") {
      const [status, error] = split(rest);
      if (status !== "0") this.#failure = error;
      const { resolve, lines = [], entries = new Map(), lists = new Map() } = this.#pending.shift() ?? {};
      resolve?.({ status: Number(status), error, lines, entries, lists });
    } else this.#pending[0]?.lines.push([word, rest]);
  }

  #listed(text: string): void {
    const [status, error] = split(text);
    const { name, pieces } = this.#list ?? { name: "", pieces: [] };
    this.#list = undefined;
    this.#record = undefined;
    // The agent ends every list with a NUL, as a tool may not.
    if (pieces.at(-1) === "") pieces.pop();
    const lists = this.#pending[0]?.lists;
    // Some are told in parts: it is as bad as the worst of them.
    const before = lists?.get(name) ?? emptyList;
    const ended = /^[0-9]+$/.test(status) ? Number(status) : cut;
    lists?.set(name, {
      pieces: [...before.pieces, ...pieces],
      status: Math.max(before.status, ended),
      error: before.error + error,
    });
  }
}

/** An account that runs no commands (nologin, a forced command) says so instead of running the agent. */
function notStarted(error: ChrootError, said: string): ChrootError {
  if (error.code !== "cut" || said.trim() === "") return error;
  return error.because(`the account does not run commands, it says: ${showRemote(said)}`, "log in with another user");
}

function split(text: string): [string, string] {
  const space = text.indexOf(" ");
  return space === -1 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}

/** The reply, or the list, or an error that names the request. */
export function expectDone<T extends Pick<Reply, "status" | "error">>(reply: T, what: string, where: string): T {
  if (reply.status === 0) return reply;
  throw new ChrootError("operation", { what, where, why: showRemote(reply.error) || `exit status ${reply.status}` });
}
