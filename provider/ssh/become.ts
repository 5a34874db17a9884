import { randomBytes } from "node:crypto";
import type { ClientChannel } from "ssh2";
import { ChrootError, type ErrorCode } from "../errors";
import { type Connection, formatHost } from "../model/connection";
import type { Channel } from "./channel";
import { moreTime, timeoutOf } from "./patience";
import { refusal } from "./refusal";

/** A connection that starts commands with the rights of who has logged in. */
export interface Login {
  start(command: string): Promise<ClientChannel>;
  channel(stream: ClientChannel): Channel;
  close(): void;
}

/** The command for one start: what it has to print, to ask for the password with and when it runs. */
export type Command = (prompt: string, started: string) => string;

/** Starts commands as root, on one connection of a user that is not. */
export class Become {
  readonly #login: Login;
  readonly #connection: Connection;
  /** The first start: until it has ended, and when its password was wrong, there is no other, as accounts are locked. */
  #trial: Promise<Channel> | undefined;

  constructor(login: Login, connection: Connection) {
    this.#login = login;
    this.#connection = connection;
  }

  async open(command: Command): Promise<Channel> {
    if (this.#trial !== undefined) await this.#trial;
    const trial = this.#begin(command);
    this.#trial ??= trial;
    trial.catch((error: unknown) => {
      this.#trial = error instanceof ChrootError && error.code === "authentication" ? trial : undefined;
    });
    return trial;
  }

  async #begin(command: Command): Promise<Channel> {
    const [prompt, started] = [nonce(), nonce()];
    const stream = await this.#login.start(command(prompt, started));
    return new Promise((resolve, reject) => this.#answer(stream, prompt, started, resolve, reject));
  }

  /** Gives the password when it is asked for, once, and nothing else before the command has said that it runs. */
  #answer(
    stream: ClientChannel,
    prompt: string,
    started: string,
    resolve: (channel: Channel) => void,
    reject: (error: ChrootError) => void,
  ): void {
    const { password } = this.#connection.become ?? {};
    const asked: string[] = [];
    let [said, printed] = ["", ""];
    let status: number | undefined;
    const over = () => {
      clearTimeout(timer);
      stream.stderr.off("data", onError);
      stream.off("data", onData).off("exit", onExit).off("close", onClose);
    };
    const fail = (error: ChrootError) => {
      over();
      stream.close();
      reject(error);
    };
    const refused = () => fail(this.#failure(...refusal(this.#connection, { said, printed, asked, status })));
    const onError = (data: Buffer) => {
      timer.refresh();
      // A shell that tells what it runs (set -x) tells the option as it is written, with its %p: that is no prompt.
      const [text = "", ...prompts] = (said + data.toString("latin1")).split(new RegExp(`${prompt}([^%:\\n]+):`));
      said = (text + prompts.filter((_, n) => n % 2 === 1).join("")).slice(-4096);
      for (const user of prompts.filter((_, n) => n % 2 === 0)) asked.push(user);
      if (asked.length > 1) refused();
      else if (prompts.length > 0) stream.write(`${password}\n`);
    };
    const onData = (data: Buffer) => {
      timer.refresh();
      printed = (printed + data.toString("latin1")).slice(-4096);
      const uid = new RegExp(`${started} (\\d*)\\.`).exec(printed)?.[1];
      if (uid === undefined) return;
      if (uid === "") return fail(this.#failure("not-root", ...noexec));
      over();
      resolve(this.#login.channel(stream));
    };
    const onExit = (code: number | null) => {
      status = code ?? undefined;
    };
    const onClose = () => refused();
    const timer = setTimeout(() => {
      fail(this.#failure("silent", `no answer for ${timeoutOf(this.#connection) / 1000} s`, moreTime));
      this.#login.close();
    }, timeoutOf(this.#connection));
    stream.stderr.on("data", onError);
    stream.on("data", onData).on("exit", onExit).on("close", onClose);
  }

  #failure(code: ErrorCode, why: string, remedy: string): ChrootError {
    return new ChrootError(code, { what: "cannot become root", where: formatHost(this.#connection), why, remedy });
  }
}

const noexec = [
  "what sudo starts may start nothing else (NOEXEC)",
  "allow it in sudoers: `EXEC:` before the command, or no `Defaults noexec` for this user",
] as const;

function nonce(): string {
  return randomBytes(16).toString("hex");
}
