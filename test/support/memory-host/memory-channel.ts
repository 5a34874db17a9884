import { setImmediate } from "node:timers/promises";
import { notDone } from "../../../provider/agent/protocol";
import { ChrootError } from "../../../provider/errors";
import type { Channel } from "../../../provider/ssh/channel";
import { Ending, Failure } from "./failure";
import type { Machine } from "./machine";
import { dataLength, type Line, readLine } from "./request";
import { serveOf } from "./served";
import { Session } from "./session";
import { removeIfEmpty } from "./words/registry";
import { openAtEnd } from "./words/seal";
import { unplace } from "./words/staging";

/** Events at a channel that a test counts. */
export interface Noted {
  readonly where: string;
  asked(word: string): void;
  round(): void;
  /** A word that the host in memory does not serve, or an error of its own. */
  broken(why: string): void;
}

/** One agent of a host in memory: it reads the wire of protocol.ts, and answers in it. */
export class MemoryChannel implements Channel {
  readonly notices: readonly string[] = [];
  readonly #noted: Noted;
  readonly #session: Session;
  /** Bytes of the agent's program that are still to come; the first of them tell the nonce. */
  #program: number;
  #input = "";
  #reply = "";
  readonly #broken = new Set<string>();
  #isServing = false;
  #isEnding = false;
  #ended: ChrootError | undefined;
  #listener: (data: string) => void = () => undefined;
  readonly #tell: ((error: ChrootError) => void)[] = [];

  constructor(machine: Machine, program: number, noted: Noted) {
    this.#noted = noted;
    this.#program = program;
    this.#session = new Session(machine, (text) => {
      this.#reply += text;
    });
  }

  write(data: Buffer): void {
    const program = data.subarray(0, this.#program);
    this.#program -= program.length;
    if (this.#session.nonce === "") {
      [, this.#session.nonce = ""] = /NONCE=(\S+)/.exec(program.toString("latin1", 0, 200)) ?? [];
      this.#session.say("hello");
    }
    this.#input += data.toString("latin1", program.length);
    void this.#serve();
  }

  async send(data: Buffer): Promise<void> {
    this.write(data);
    await setImmediate();
  }

  end(): void {
    this.#isEnding = true;
    void this.#serve();
  }

  abort(): void {
    this.#input = "";
    this.#listener = () => undefined;
    this.end();
  }

  onData(listener: (data: string) => void): void {
    this.#listener = listener;
  }

  onEnd(listener: (error: ChrootError) => void): void {
    if (this.#ended) listener(this.#ended);
    else this.#tell.push(listener);
  }

  /** Serves everything that has come, in rounds: a sender that waits for a reply sends its next requests in the next one. */
  async #serve(): Promise<void> {
    if (this.#isServing || this.#ended) return;
    this.#isServing = true;
    try {
      for (;;) {
        await setImmediate();
        const round = [...this.#whole()];
        if (round.length === 0) break;
        this.#noted.round();
        for (const { line, data } of round) if (!this.#ended) await this.#answer(line, data);
        this.#flush();
      }
    } catch (error) {
      this.#fail(`${(error as Error).stack}`);
    }
    this.#isServing = false;
    if (this.#isEnding) this.#close("the agent ended with status 0");
  }

  /** Takes the requests that have come whole, with their data, from the input. */
  *#whole(): Generator<{ line: Line; data: string }> {
    for (;;) {
      this.#input = this.#input.replace(/^\n+/, "");
      const end = this.#input.indexOf("\n");
      if (end === -1) return;
      const line = readLine(this.#input.slice(0, end));
      const from = end + 1;
      const length = dataLength(line);
      if (this.#input.length < from + length) return;
      const data = this.#input.slice(from, from + length);
      this.#input = this.#input.slice(from + length);
      yield { line, data };
    }
  }

  #isSkipped({ chain }: Line): boolean {
    return chain !== undefined && this.#broken.has(chain);
  }

  async #answer(line: Line, data: string): Promise<void> {
    if (this.#isSkipped(line)) {
      this.#session.say(`done ${notDone} an earlier request of its chain has failed`);
      return;
    }
    this.#noted.asked(line.word);
    const serve = serveOf(line.word);
    if (!serve) {
      this.#fail(`a host in memory does not serve the word "${line.word}": this test needs a real host`);
      return;
    }
    const failed = await this.#try(() => serve(this.#session, { ...line, data }));
    if (failed && line.isNeeded && line.chain !== undefined) this.#broken.add(line.chain);
    if (failed instanceof Ending) this.#end(failed.message);
    else this.#session.say(failed ? `done ${failed.status} ${failed.message}` : "done 0 ");
  }

  async #try(work: () => void | Promise<void>): Promise<Failure | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  }

  /** Ends the agent with an error that no caller can take for an answer. */
  #fail(why: string): void {
    this.#noted.broken(why);
    this.#end(why);
  }

  #end(why: string): void {
    this.#session.say(`done 1 ${why}`);
    this.#flush();
    this.#close(why);
  }

  #flush(): void {
    const reply = this.#reply;
    this.#reply = "";
    if (reply !== "") this.#listener(reply);
  }

  /** Does at the end what the real agent does: it opens closed directories, and gives back its lock. */
  #close(why: string): void {
    const session = this.#session;
    if (session.hasRegistry) {
      unplace(session);
      openAtEnd(session);
      removeIfEmpty(session);
    }
    session.machine.locks.release(session);
    const [what, remedy] = ["lost the host", "finished changes are kept; run the command again"];
    this.#ended = new ChrootError("ended", { what, where: this.#noted.where, why, remedy });
    for (const tell of this.#tell.splice(0)) tell(this.#ended);
  }
}
