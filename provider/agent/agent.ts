import { randomBytes } from "node:crypto";
import { ChrootError } from "../errors";
import type { Bytes } from "../model/bytes";
import type { Become } from "../model/connection";
import type { Live } from "../model/entry";
import type { Command } from "../ssh/become";
import type { Channel } from "../ssh/channel";
import { Chain, notDone } from "./chain";
import { type Foresight, keyOf, natureOf, type Question } from "./foresight";
import { during, ended, notStarted } from "./lost";
import { scannedEntry } from "./records";
import { emptyList, type List, type Reply } from "./reply";
import { source } from "./source";
import { starting } from "./start";

/**
 * Bytes of one agent's replies. 100,000 entries are some 12 MB; whoever owns the daemon can make a tree whose paths alone
 * are gigabytes, and all jails and hosts share this process.
 */
const replyLimit = 256 * 1024 * 1024;

const filler = Buffer.alloc(65_536);

/** The status of what was killed, or never said how it ended. */
const cut = 255;

interface Pending {
  readonly line: string;
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
  /** Commands that the host does not have. */
  #lacks = "";
  readonly #foresight: Foresight | undefined;
  #chains = 0;
  /** Of questions, until something is changed. */
  readonly #answers = new Map<string, Promise<Reply>>();

  constructor(channel: Channel, { limit = replyLimit, foresight }: { limit?: number; foresight?: Foresight } = {}) {
    this.#channel = channel;
    this.#left = limit;
    this.#foresight = foresight;
    channel.onData((data) => this.#receive(data));
    channel.onEnd((error) =>
      this.#fail(this.#greeted ? ended(error, this.#lacks, this.#failure) : notStarted(error, this.#rest)),
    );
    channel.write(source(this.#nonce));
  }

  /** What is to be said in every run of the connection that it runs on. */
  get notices(): readonly string[] {
    return this.#channel.notices;
  }

  /** The command that reads the program from stdin. */
  static command(become: Become | undefined): Command {
    const { length } = source("0".repeat(32));
    const complaint = "no timeout command, or no dd with iflag=count_bytes,fullblock on this host";
    // A line may swallow it: nothing watches yet, and it would wait for as long as sshd does.
    const read = `p=$(timeout 45 dd bs=65536 count=${length} iflag=count_bytes,fullblock 2>/dev/null)`;
    return starting(`${read} || { echo "${complaint}" >&2; exit 127; }; eval "$p"`, become);
  }

  /**
   * Sends one request, with data that its arguments give the length of; the line behind it says that it is whole. A question
   * that was asked since the last change is not sent again.
   */
  request(line: string, data?: Buffer): Promise<Reply> {
    const nature = natureOf(line);
    if (nature === "change") this.#answers.clear();
    if (nature !== "question") return this.#send({ line, data });
    const question = { line, data };
    this.#foresight?.note(keyOf(question), question);
    return this.#answer(question);
  }

  /** A new one, whose requests this agent gets. */
  chain(): Chain {
    this.#chains++;
    return new Chain(this, this.#chains);
  }

  /** Asks what was asked after the last look. To be called when a look has been asked for. */
  foresee(): void {
    for (const question of this.#foresight?.begin() ?? []) this.#answer(question).catch(() => undefined); // Told to whoever asks.
  }

  #answer(question: Question): Promise<Reply> {
    const key = keyOf(question);
    const answer = this.#answers.get(key) ?? this.#send(question);
    this.#answers.set(key, answer);
    return answer;
  }

  #send({ line, data }: Question): Promise<Reply> {
    if (this.#failed) return Promise.reject(during(line, this.#failed));
    return new Promise((resolve, reject) => {
      this.#pending.push({ line, resolve, reject, lines: [], entries: new Map(), lists: new Map() });
      this.#channel.write(Buffer.concat([Buffer.from(`${line}\n`), ...(data ? [data, Buffer.from("\n")] : [])]));
    });
  }

  /**
   * One request with as many bytes as told, which come one after the other: no file is held whole in memory. Chunks that are
   * too short are filled up, as what follows would be read as data otherwise; the host sees by the checksum that they were.
   */
  async stream(line: string, size: number, chunks: AsyncIterable<Buffer>): Promise<Reply> {
    const reply = this.request(line);
    reply.catch(() => undefined); // Told when it is waited for.
    let left = size;
    let broken: unknown;
    try {
      for await (const chunk of chunks) {
        if (this.#failed || left === 0) break;
        const part = chunk.subarray(0, left);
        left -= part.length;
        await this.#channel.send(part);
      }
    } catch (error) {
      broken = error;
    }
    for (; left > 0 && !this.#failed; left -= Math.min(left, filler.length))
      await this.#channel.send(filler.subarray(0, left));
    this.#channel.write(Buffer.from("\n"));
    const answered = await reply;
    if (broken !== undefined) throw broken;
    return answered;
  }

  /** Ends the agent, and with it its lock. */
  close(): void {
    this.#channel.end();
  }

  #refuse(): void {
    const why =
      "the list of its entries is too long to be one of a jail (256 MiB): very deep directories, or millions of names";
    const remedy = "look on the host who makes them, and remove them there";
    this.#fail(new ChrootError("unreadable", { what: "cannot scan the jail", where: "", why, remedy }));
    this.#channel.abort();
  }

  #fail(error: Error): void {
    // Whoever is told of it first: it was in the moment of what was to be answered next.
    const [next] = this.#pending;
    this.#failed ??= next ? during(next.line, error) : error;
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
    if (word === "lacks") {
      this.#lacks = rest;
      return;
    }
    // One that is not said to have ended was cut: whatever printed it has died.
    if ((word === "list" || word === "done") && this.#list) this.#listed(`${cut} ${this.#list.name} was cut`);
    if (word === "list") {
      this.#list = { name: rest, pieces: [] };
      this.#record = rest === "entries" ? "" : undefined;
    } else if (word === "listed") this.#listed(rest);
    else if (word === "done") {
      const [status, error] = split(rest);
      if (status !== "0" && status !== String(notDone)) this.#failure = error;
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

function split(text: string): [string, string] {
  const space = text.indexOf(" ");
  return space === -1 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}
