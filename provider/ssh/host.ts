import type { Client, ClientChannel } from "ssh2";
import { ChrootError, messageOf } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { type Channel, channelOver } from "./channel";
import { dial } from "./dial";
import { pause, retries, timeoutOf } from "./patience";

/** sshd allows ten channels a connection (MaxSessions) and frees them late: more than four at once fail now and then. */
const channelLimit = 4;

/** One SSH connection, shared by everything that this process does on a host. */
class Host {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #waiting: (() => void)[] = [];
  #channels = 0;
  #limit = channelLimit;
  closed = false;

  constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
    client.on("close", () => {
      this.closed = true;
    });
    client.on("error", () => {
      this.closed = true; // Every channel is told by its own close.
    });
  }

  /** Starts a command, when there is room for it. */
  async open(command: string): Promise<Channel> {
    for (let attempt = 1; ; attempt++) {
      await this.#enter();
      try {
        const stream = await this.#exec(command);
        stream.once("close", () => this.#leave());
        return channelOver(stream, this.#connection, () => this.close());
      } catch (error) {
        // RFC 4254, 5.1: 2 is "connect failed", which sshd gives at MaxSessions. Then the others are as many as can be.
        const refused = (error as { reason?: number }).reason === 2;
        if (refused) this.#limit = Math.max(1, Math.min(this.#limit, this.#channels - 1));
        this.#leave();
        if (!refused || this.closed || attempt > retries)
          throw error instanceof ChrootError ? error : this.#failure("cut", showRemote(bytesOf(messageOf(error))));
        await pause(attempt);
      }
    }
  }

  close(): void {
    this.closed = true;
    this.#client.destroy();
  }

  async #enter(): Promise<void> {
    if (this.#channels < this.#limit) this.#channels++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // Whoever leaves hands its place over.
  }

  #leave(): void {
    const next = this.#channels <= this.#limit ? this.#waiting.shift() : undefined;
    if (next) next();
    else this.#channels--;
  }

  #exec(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const closed = () => done(() => reject(new Error("the connection was closed")));
      const timer = setTimeout(() => {
        done(() => reject(this.#failure("silent", `no answer for ${timeoutOf(this.#connection) / 1000} s`)));
        this.close();
      }, timeoutOf(this.#connection));
      const done = (settle: () => void) => {
        clearTimeout(timer);
        this.#client.removeListener("close", closed);
        settle();
      };
      this.#client.once("close", closed);
      this.#client.exec(command, (error, stream) => done(() => (error ? reject(error) : resolve(stream))));
    });
  }

  #failure(code: "cut" | "silent", why: string): ChrootError {
    return new ChrootError(code, { what: "cannot start a command", where: formatHost(this.#connection), why });
  }
}

const hosts = new Map<string, Promise<Host>>();

/** Starts a command on a host. A connection that turns out to be lost is dialled again, once: nothing has been started. */
export async function open(connection: Connection, command: string): Promise<Channel> {
  const host = await connect(connection);
  try {
    return await host.open(command);
  } catch (error) {
    if (!host.closed || (error instanceof ChrootError && error.code === "silent")) throw error;
    return (await connect(connection)).open(command);
  }
}

/**
 * The connection to a host: one for each way of reaching it, dialled when first used and again after it was lost. Who
 * waits for one that fails shares the failure: a host that is down is not waited for once for each of its jails.
 */
async function connect(connection: Connection): Promise<Host> {
  const key = JSON.stringify(connection, Object.keys(connection).sort());
  const known = hosts.get(key);
  if (known) {
    const host = await known;
    if (!host.closed) return host;
    if (hosts.get(key) !== known) return connect(connection); // Somebody else found it closed, and has dialled.
  }
  const dialled = dial(connection).then((client) => new Host(client, connection));
  hosts.set(key, dialled);
  dialled.catch(() => hosts.delete(key));
  return dialled;
}

/** Closes every connection of this process; it would end with them open otherwise. */
export async function closeAll(): Promise<void> {
  const open = [...hosts.values()];
  hosts.clear();
  for (const host of await Promise.allSettled(open)) if (host.status === "fulfilled") host.value.close();
}
