import { homedir } from "node:os";
import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { ChrootError, messageOf } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { Become, type Command, type Login } from "./become";
import { type Channel, channelOver } from "./channel";
import { type Dialled, dial } from "./dial";
import { Idle } from "./idle";
import { moreTime, pause, retries, timeoutOf } from "./patience";
import { Places } from "./places";
import { type Hop, type Route, routeOf } from "./route";

/** sshd allows ten channels a connection (MaxSessions) and frees them late: more than four at once fail now and then. */
const channelLimit = 4;

/** One SSH connection, shared by everything that this process does on a host. */
class Host implements Login {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #become: Become | undefined;
  readonly #places = new Places(channelLimit);
  readonly #idle = new Idle(() => this.close());
  closed = false;

  /** What is to be said of this connection, and of those that lead to it, in every run. */
  readonly notices: readonly string[];

  constructor({ client, notice }: Dialled, connection: Connection, before?: Host) {
    this.#client = client;
    this.notices = [
      ...(before?.notices ?? []),
      ...(notice === undefined ? [] : [`${formatHost(connection)}: ${notice}`]),
    ];
    this.#connection = connection;
    if (connection.become) this.#become = new Become(this, connection);
    client.on("close", () => {
      this.closed = true;
    });
    client.on("error", () => {
      this.closed = true; // Every channel is told by its own close.
    });
  }

  /** Starts a command, with the rights that are declared. */
  async open(command: Command): Promise<Channel> {
    return this.#become?.open(command) ?? this.channel(await this.start(command("", "")));
  }

  channel(stream: ClientChannel): Channel {
    return channelOver(stream, this.#connection, this.notices, () => this.close());
  }

  /** Starts a command, when there is room for it. */
  async start(command: string): Promise<ClientChannel> {
    for (let attempt = 1; ; attempt++) {
      await this.#places.enter();
      // With its place taken: sshd frees late what has ended, and others who come meanwhile would be refused too.
      if (attempt > 1) await pause(attempt - 1);
      try {
        const stream = await this.#opened(this.#exec(command));
        stream.once("close", () => this.#places.leave());
        return stream;
      } catch (error) {
        // RFC 4254, 5.1: 2 is "connect failed", which sshd gives at MaxSessions.
        const refused = (error as { reason?: number }).reason === 2;
        if (refused) this.#places.narrow();
        this.#places.leave();
        if (!refused || this.closed || attempt > retries)
          throw error instanceof ChrootError ? error : this.#failure("cut", showRemote(bytesOf(messageOf(error))));
      }
    }
  }

  /** A way on from here to another host. */
  forward({ address, server }: Hop): Promise<Duplex> {
    const way = new Promise<Duplex>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, address, server.port, (error, stream) => {
        if (!error) resolve(stream);
        else {
          const why = `the jump host ${formatHost(this.#connection)} does not lead there: ${showRemote(bytesOf(messageOf(error)))}`;
          const remedy = "check the name as the jump host knows it, and AllowTcpForwarding in its sshd_config";
          // RFC 4254, 5.1: 1 is "administratively prohibited", which says nothing of the host behind.
          const code = (error as { reason?: number }).reason === 1 ? "refused" : "unreachable";
          reject(new ChrootError(code, { what: "cannot connect", where: formatHost(server), why, remedy }));
        }
      });
    });
    return this.#opened(way);
  }

  /** Stays open until the work is done. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.#idle.during(work);
  }

  /** Stays open until what is being opened here has closed. */
  async #opened<T extends Duplex>(opening: Promise<T>): Promise<T> {
    const stream = await this.during(opening);
    void this.during(new Promise((resolve) => stream.once("close", resolve)));
    return stream;
  }

  close(): void {
    this.closed = true;
    this.#client.destroy();
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
      try {
        this.#client.exec(command, (error, stream) => done(() => (error ? reject(error) : resolve(stream))));
      } catch (error) {
        this.closed = true; // Its socket has gone, and its close is still to be told.
        done(() => reject(error as Error));
      }
    });
  }

  #failure(code: "cut" | "silent", why: string): ChrootError {
    const remedy = code === "silent" ? moreTime : "try again: nothing has been started";
    return new ChrootError(code, {
      what: "cannot start a command",
      where: formatHost(this.#connection),
      why,
      remedy,
    }).in("while opening a channel");
  }
}

/** By what is declared, and by the route that this has led to: two who declare otherwise may mean the same. */
const hosts = new Map<string, Promise<Host>>();

/** Starts a command on a host. A connection that turns out to be lost is dialled again, once: nothing has been started. */
export async function open(connection: Connection, command: Command): Promise<Channel> {
  const host = await connect(connection);
  try {
    return await host.open(command);
  } catch (error) {
    if (!host.closed || (error instanceof ChrootError && error.code === "silent")) throw error;
    return (await connect(connection)).open(command);
  }
}

/** One that is there is used as it is; for a new one the configuration is read anew, as ssh would. */
function connect(connection: Connection): Promise<Host> {
  return shared(declaredKey(connection), async () => {
    const route = routeOf(connection);
    return connectBy(route, connection).catch((error: unknown) => {
      throw onTheWay(error, route);
    });
  });
}

/** Whether there is a connection: then nobody has to be asked how one would be made. */
export async function isConnected(connection: Connection): Promise<boolean> {
  const host = await hosts.get(declaredKey(connection))?.catch(() => undefined);
  return host?.closed === false;
}

/** A failure that names the jump host at which it was, for those who only know where they wanted to go. */
export function onTheWay(error: unknown, route: Route): unknown {
  const target = route.at(-1)?.server;
  const isThere = target === undefined || !(error instanceof ChrootError) || error.where === formatHost(target);
  return isThere ? error : error.of(`at its jump host ${error.where}`);
}

/** The connection to a host: one for each way of reaching it; to a jump host one for all hosts behind it. */
export function connectBy(route: Route, connection: Connection): Promise<Host> {
  return shared(keyOf(route, connection), () => dialBy(route, connection));
}

/**
 * Dialled when first used and again after it was lost. Who waits for one that fails shares the failure: a host that is down is
 * not waited for once for each of its jails.
 */
async function shared(key: string, make: () => Promise<Host>): Promise<Host> {
  const known = hosts.get(key);
  if (known) {
    const host = await known;
    if (!host.closed) return host;
    if (hosts.get(key) !== known) return shared(key, make); // Somebody else found it closed, and has dialled.
  }
  const made = make();
  hosts.set(key, made);
  made.catch(() => hosts.delete(key));
  return made;
}

async function dialBy(route: Route, connection: Connection): Promise<Host> {
  const hop = route.at(-1);
  if (!hop) throw new Error("a route without a host");
  if (route.length === 1) return new Host(await dial(hop), connection);
  const { server: jump } = route.at(-2) ?? hop;
  const before = await connectBy(route.slice(0, -1), jump);
  // It may have to wait for others at the door.
  return new Host(await before.during(dial(hop, () => before.forward(hop))), connection, before);
}

/** What is the same for two who have declared the same, with what the environment says of it. */
export function declaredKey(connection: Connection): string {
  return JSON.stringify(sorted([connection, homedir(), process.env["SSH_AUTH_SOCK"] ?? ""]));
}

/** What is the same for two ways that are one. */
export function keyOf(route: Route, { become }: Connection): string {
  return JSON.stringify(sorted([route, become ?? {}]));
}

/** The same for the same connection, in whatever order its properties were given. */
function sorted(value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** Closes every connection of this process; it would end with them open otherwise. */
export async function closeAll(): Promise<void> {
  const open = [...hosts.values()];
  hosts.clear();
  for (const host of await Promise.allSettled(open)) if (host.status === "fulfilled") host.value.close();
}
