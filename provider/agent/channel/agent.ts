import { randomBytes } from "node:crypto";
import type { Channel } from "../../ssh/channel";
import { cut, effectOf, type FrameWord, type LineOf, type ListOf, notDone, type Word } from "../protocol";
import type { Site } from "../site";
import { during, ended, notGreeted, notStarted } from "./agent-errors";
import type { Requests } from "./ask";
import { Chain } from "./chain";
import { scannedEntry } from "./entry-lines";
import { entriesSoFar, LeftOut } from "./left-out";
import type { Pending } from "./pending";
import { keyOf, type Prefetch, type Question } from "./prefetch";
import { emptyList, type Reply } from "./reply";
import { source } from "./shell-program";

/** Bytes that the account's shell may print at login, before the agent's first line. */
const loginLimit = 16 * 1024 * 1024;

const filler = Buffer.alloc(65_536);

export interface AgentOptions {
  readonly leftOut?: LeftOut;
  readonly prefetch?: Prefetch;
}

/**
 * The client's end of one agent. A caller may send requests without waiting for the reply to the one before: the host
 * serves them in order, so that a phase costs one round trip.
 */
export class Agent implements Requests {
  readonly site: Site;
  /** Subtrees that its looks leave out. */
  readonly leftOut: LeftOut;
  readonly #channel: Channel;
  readonly #nonce = randomBytes(16).toString("hex");
  readonly #pending: Pending[] = [];
  #rest = "";
  /** Bytes that the current reply may still have. */
  #left: number;
  #greeted = false;
  /** The current list. Entries are kept as the first half of one record, empty before it has come. */
  #list: { readonly name: ListOf<Word>; readonly pieces: string[] } | undefined;
  #record: string | undefined;
  #failed: Error | undefined;
  /** The error of the last failed request: an agent that ends has sent it before. */
  #failure = "";
  /** Commands that the host lacks. */
  #lacks = "";
  readonly #prefetch: Prefetch | undefined;
  #chains = 0;
  /** Answers to questions, until something is changed. */
  readonly #answers = new Map<string, Promise<Reply>>();

  constructor(channel: Channel, site: Site, { leftOut = new LeftOut(), prefetch }: AgentOptions = {}) {
    this.#channel = channel;
    this.site = site;
    this.leftOut = leftOut;
    this.#left = loginLimit;
    this.#prefetch = prefetch;
    channel.onData((data) => this.#receive(data));
    channel.onEnd((error) =>
      this.#fail(this.#greeted ? ended(error, this.#lacks, this.#failure) : notStarted(error, this.#rest)),
    );
    channel.write(source(this.#nonce));
  }

  /** Notices for every run of its connection. */
  get notices(): readonly string[] {
    return this.#channel.notices;
  }

  /**
   * Sends one request, and data whose length the line gives; the line break behind the data says that they are whole. A
   * question that was asked since the last change is not sent again.
   */
  request(line: string, data?: Buffer): Promise<Reply> {
    const effect = effectOf(line);
    if (effect === "change") this.#answers.clear();
    if (effect !== "question") return this.#send({ line, data });
    const question = { line, data };
    this.#prefetch?.note(keyOf(question), question);
    return this.#answer(question);
  }

  /** A new chain of requests to this agent. */
  chain(): Chain {
    this.#chains++;
    return new Chain(this, this.#chains);
  }

  /** Asks the questions of the last look again. A caller calls it together with the look. */
  prefetch(): void {
    for (const question of this.#prefetch?.begin() ?? []) this.#answer(question).catch(() => undefined); // The caller that asks gets the error.
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
   * Sends one request with this many bytes, in chunks: no file is held whole in memory. Too few bytes are filled up, as
   * the host would read the next request as data otherwise; it sees by the checksum that they were.
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

  /** Ends the agent, as the current reply is too large. */
  #giveUp(): void {
    this.#fail(this.#greeted ? this.leftOut.tooMuch(entriesSoFar(this.#pending[0], this.#list)) : notGreeted());
    this.#channel.abort();
  }

  #fail(error: Error): void {
    // The first error names the phase of the request that the host was answering.
    const [next] = this.#pending;
    this.#failed ??= next ? during(next.line, error) : error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failed);
  }

  #receive(data: string): void {
    if (this.#failed) return;
    this.#left -= data.length;
    // Only new data is searched: a host may send a part without an end.
    const [first = "", ...parts] = data.split("\0");
    this.#rest += first;
    if (parts.length > 0) {
      parts.unshift(this.#rest);
      this.#rest = parts.pop() ?? "";
    }
    for (const part of parts) {
      this.#part(part);
      // The end of the reply may be in the same data.
      const names = this.#pending[0]?.entries.size || (this.#list?.pieces.length ?? 0);
      if (names <= this.leftOut.limits.names) continue;
      this.#giveUp();
      return;
    }
    if (this.#left < 0) this.#giveUp();
  }

  #part(part: string): void {
    if (this.#record !== undefined && !part.startsWith(this.#nonce)) {
      if (this.#record === "") this.#record = part;
      else {
        const entry = scannedEntry(this.#record, part);
        if (entry) this.#pending[0]?.entries.set(...entry);
        // The reader of the list reports a record that no parser understands.
        else this.#list?.pieces.push(this.#record);
        this.#record = "";
      }
      return;
    }
    if (this.#list !== undefined && !part.startsWith(this.#nonce)) {
      this.#list.pieces.push(part);
      return;
    }
    // The account's shell may print a text at login, before the first reply.
    const text = this.#greeted ? part : part.slice(Math.max(0, part.lastIndexOf(this.#nonce)));
    if (!this.#greeted) this.#left = this.leftOut.limits.bytes;
    this.#greeted = true;
    if (!text.startsWith(this.#nonce)) return;
    this.#line(text.slice(this.#nonce.length + 1));
  }

  #line(text: string): void {
    const [word, rest] = split(text) as [FrameWord | LineOf<Word>, string];
    if (word === "hello" || word === "wait") return;
    if (word === "lacks") {
      this.#lacks = rest;
      return;
    }
    // A list without an end was cut: the process that printed it has died.
    if ((word === "list" || word === "done") && this.#list) this.#listed(`${cut} ${this.#list.name} was cut`);
    if (word === "list") {
      this.#list = { name: rest as ListOf<Word>, pieces: [] };
      this.#record = rest === "entries" ? "" : undefined;
    } else if (word === "listed") this.#listed(rest);
    else if (word === "done") {
      const [status, error] = split(rest);
      if (status !== "0" && status !== String(notDone)) this.#failure = error;
      const { resolve, lines = [], entries = new Map(), lists = new Map() } = this.#pending.shift() ?? {};
      this.#left = this.leftOut.limits.bytes;
      resolve?.({ status: Number(status), error, lines, entries, lists });
    } else this.#pending[0]?.lines.push([word, rest]);
  }

  #listed(text: string): void {
    const [status, error] = split(text);
    if (!this.#list) return;
    const { name, pieces } = this.#list;
    if (this.#record) pieces.push(this.#record);
    this.#list = undefined;
    this.#record = undefined;
    // The agent ends every list with a NUL; a tool may not.
    if (pieces.at(-1) === "") pieces.pop();
    const lists = this.#pending[0]?.lists;
    // A list may come in parts: the worst status counts.
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
