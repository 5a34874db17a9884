import { randomBytes } from "node:crypto";
import type { ClientChannel } from "ssh2";
import { ChrootError, type ErrorCode } from "../errors";
import { type Connection, formatHost } from "../model/connection";
import { becomeRefusal } from "./become-refusal";
import type { Channel } from "./channel";
import { allowMoreTime, silenceLimit } from "./timeouts";

/** A connection that starts commands with the rights of the login user. */
export interface LoggedIn {
  start(command: string): Promise<ClientChannel>;
  channel(stream: ClientChannel): Channel;
  close(): void;
}

/** The command for one start, with the texts that it prints: to ask for the password, and once it runs. */
export type Command = (prompt: string, started: string) => string;

/** Starts commands as root, on one connection of another user. */
export class RootStarter {
  readonly #login: LoggedIn;
  readonly #connection: Connection;
  /** The first start. Others wait for its end, and fail when its password was wrong: more attempts could lock the account. */
  #trial: Promise<Channel> | undefined;

  constructor(login: LoggedIn, connection: Connection) {
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
    return new Promise((resolve, reject) => this.#answer(stream, { prompt, started }, resolve, reject));
  }

  /** Sends the password once, when sudo asks for it, and no other input before the command has printed that it runs. */
  #answer(
    stream: ClientChannel,
    { prompt, started }: { readonly prompt: string; readonly started: string },
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
    const refused = () => fail(this.#failure(...becomeRefusal(this.#connection, { said, printed, asked, status })));
    const onError = (data: Buffer) => {
      timer.refresh();
      // A shell that prints its commands (set -x) prints the option unexpanded, with its %p: that is no prompt.
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
      fail(this.#failure("silent", `no answer for ${silenceLimit(this.#connection) / 1000} s`, allowMoreTime));
      this.#login.close();
    }, silenceLimit(this.#connection));
    stream.stderr.on("data", onError);
    stream.on("data", onData).on("exit", onExit).on("close", onClose);
  }

  #failure(code: ErrorCode, why: string, remedy: string): ChrootError {
    return new ChrootError(code, { what: "cannot become root", where: formatHost(this.#connection), why, remedy });
  }
}

const noexec = [
  "a program that sudo starts may start no other program (NOEXEC)",
  "allow it in sudoers: `EXEC:` before the command, or no `Defaults noexec` for this user",
] as const;

function nonce(): string {
  return randomBytes(16).toString("hex");
}
