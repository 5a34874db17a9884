import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { ChrootError, messageOf } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { backOff, retries } from "./backoff";
import { type Command, type LoggedIn, RootStarter } from "./become";
import { type Channel, channelOver } from "./channel";
import type { Dialled } from "./dial";
import { IdleTimer } from "./idle-timer";
import { Limiter } from "./limiter";
import type { Hop } from "./route";
import { allowMoreTime, silenceLimit } from "./timeouts";

/** sshd allows ten channels a connection (MaxSessions) and frees them late: more than four at once fail now and then. */
const channelLimit = 4;

/** One SSH connection, shared by all work of this process on a host. */
export class Host implements LoggedIn {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #become: RootStarter | undefined;
  readonly #places = new Limiter(channelLimit);
  readonly #idle: IdleTimer;
  closed = false;

  /** Notices about this connection and about those to its jump hosts; every run shows them. */
  readonly notices: readonly string[];

  constructor({ client, notice }: Dialled, connection: Connection, idleLimit: number, before?: Host) {
    this.#client = client;
    this.#idle = new IdleTimer(() => this.close(), idleLimit);
    this.notices = [
      ...(before?.notices ?? []),
      ...(notice === undefined ? [] : [`${formatHost(connection)}: ${notice}`]),
    ];
    this.#connection = connection;
    if (connection.become) this.#become = new RootStarter(this, connection);
    client.on("close", () => {
      this.closed = true;
    });
    client.on("error", () => {
      this.closed = true; // Every channel gets its own close event.
    });
  }

  /** Starts a command with the declared rights. */
  async open(command: Command): Promise<Channel> {
    return this.#become?.open(command) ?? this.channel(await this.start(command("", "")));
  }

  channel(stream: ClientChannel): Channel {
    return channelOver(stream, this.#connection, this.notices, () => this.close());
  }

  /** Starts a command, when there is room for it. */
  async start(command: string): Promise<ClientChannel> {
    for (let attempt = 1; ; attempt++) {
      await this.#places.acquire();
      // Keeps its place while it waits: sshd frees ended channels late, and would refuse other callers in this place too.
      if (attempt > 1) await backOff(attempt - 1);
      try {
        const stream = await this.#opened(this.#exec(command));
        stream.once("close", () => this.#places.release());
        return stream;
      } catch (error) {
        // RFC 4254, 5.1: 2 is "connect failed", which sshd gives at MaxSessions.
        const refused = (error as { reason?: number }).reason === 2;
        if (refused) this.#places.narrow();
        this.#places.release();
        if (!refused || this.closed || attempt > retries)
          throw error instanceof ChrootError ? error : this.#failure("cut", showRemote(bytesOf(messageOf(error))));
      }
    }
  }

  /** A stream through this host to another one. */
  forward({ address, server }: Hop): Promise<Duplex> {
    const way = new Promise<Duplex>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, address, server.port, (error, stream) => {
        if (!error) {
          // The host behind has gone, and ssh2 does not close a connection with one ended side.
          stream.once("end", () => stream.destroy());
          resolve(stream);
        } else {
          const why = `the jump host ${formatHost(this.#connection)} does not lead there: ${showRemote(bytesOf(messageOf(error)))}`;
          const remedy = "check the name as the jump host knows it, and AllowTcpForwarding in its sshd_config";
          // RFC 4254, 5.1: 1 is "administratively prohibited", which says nothing about the host behind.
          const code = (error as { reason?: number }).reason === 1 ? "refused" : "unreachable";
          reject(new ChrootError(code, { what: "cannot connect", where: formatHost(server), why, remedy }));
        }
      });
    });
    return this.#opened(way);
  }

  /** Keeps the connection open until the work is done. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.#idle.during(work);
  }

  /** Keeps the connection open until the new stream has closed. */
  async #opened<T extends Duplex>(opening: Promise<T>): Promise<T> {
    const stream = await this.during(opening);
    void this.during(new Promise((resolve) => stream.once("close", resolve)));
    return stream;
  }

  /** Calls back once the connection has ended, for whatever reason. */
  whenClosed(then: () => void): void {
    if (this.closed) then();
    else this.#client.once("close", then);
  }

  close(): void {
    this.closed = true;
    this.#client.destroy();
  }

  #exec(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const closed = () => settleOnce(() => reject(new Error("the connection was closed")));
      const timer = setTimeout(() => {
        settleOnce(() => reject(this.#failure("silent", `no answer for ${silenceLimit(this.#connection) / 1000} s`)));
        this.close();
      }, silenceLimit(this.#connection));
      const settleOnce = (settle: () => void) => {
        clearTimeout(timer);
        this.#client.removeListener("close", closed);
        settle();
      };
      this.#client.once("close", closed);
      try {
        this.#client.exec(command, (error, stream) => settleOnce(() => (error ? reject(error) : resolve(stream))));
      } catch (error) {
        this.closed = true; // The socket has gone, before its close event.
        settleOnce(() => reject(error as Error));
      }
    });
  }

  #failure(code: "cut" | "silent", why: string): ChrootError {
    const remedy = code === "silent" ? allowMoreTime : "try again: nothing has been started";
    return new ChrootError(code, {
      what: "cannot start a command",
      where: formatHost(this.#connection),
      why,
      remedy,
    }).in("while opening a channel");
  }
}
