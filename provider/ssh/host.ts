import type { Client, ClientChannel } from "ssh2";
import { ChrootError } from "../errors";
import { type Connection, connectionKey, formatHost } from "../model/connection";
import { type Channel, channelOver } from "./channel";
import { dial } from "./dial";
import { pause, retries } from "./patience";

/** sshd allows ten channels a connection (MaxSessions) and frees them late: more than four at once fail now and then. */
const channelLimit = 4;
/** One SSH connection, shared by everything that this process does on a host. */
export class Host {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #waiting: (() => void)[] = [];
  #channels = 0;
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

  /** Starts a command. */
  async open(command: string): Promise<Channel> {
    if (this.#channels >= channelLimit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#channels++;
    const release = () => {
      this.#channels--;
      this.#waiting.shift()?.();
    };
    try {
      const stream = await this.#exec(command, retries);
      stream.once("close", release);
      return channelOver(stream, this.#connection, () => this.close());
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    this.#client.destroy();
  }

  async #exec(command: string, left: number): Promise<ClientChannel> {
    try {
      return await new Promise((resolve, reject) => {
        const closed = () => reject(new Error("the connection was closed"));
        this.#client.once("close", closed);
        this.#client.exec(command, (error, stream) => {
          this.#client.removeListener("close", closed);
          if (error) reject(error);
          else resolve(stream);
        });
      });
    } catch (error) {
      // RFC 4254, 5.1: 2 is "connect failed", which sshd gives when MaxSessions is reached.
      if (left > 0 && !this.closed && (error as { reason?: number }).reason === 2) {
        await pause(retries - left + 1);
        return this.#exec(command, left - 1);
      }
      throw new ChrootError("cut", {
        what: "cannot start a command",
        where: formatHost(this.#connection),
        why: (error as Error).message,
        cause: error,
      });
    }
  }
}

const hosts = new Map<string, Promise<Host>>();

/** The connection to a host: one for each account of a server, dialled when first used and again after it was lost. */
export async function connect(connection: Connection): Promise<Host> {
  const key = connectionKey(connection);
  const known = hosts.get(key);
  if (known) {
    const host = await known.catch(() => undefined);
    if (host && !host.closed) return host;
    // Another caller may have dialled again while we waited.
    if (hosts.get(key) !== known) return connect(connection);
  }
  const dialled = dial(connection).then((client) => new Host(client, connection));
  hosts.set(key, dialled);
  return dialled;
}

/** Closes every connection of this process; it would end with them open otherwise. */
export async function closeAll(): Promise<void> {
  const open = [...hosts.values()];
  hosts.clear();
  for (const host of await Promise.allSettled(open)) if (host.status === "fulfilled") host.value.close();
}
