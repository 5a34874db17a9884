import { homedir } from "node:os";
import { ChrootError } from "../errors";
import { type Connection, formatHost } from "../model/connection";
import type { Command } from "./become";
import type { Channel } from "./channel";
import { dial } from "./dial";
import { Host } from "./host";
import { LoginGate } from "./login-gate";
import { findRoute, type Route } from "./route";

/** The SSH connections of one engine: one for each way to a host. */
export class ConnectionPool {
  /** By the declaration, and by its route: two declarations may lead to the same route. */
  readonly #hosts = new Map<string, Promise<Host>>();
  readonly #gate = new LoginGate();
  readonly #idleLimit: number;

  /** Closes a connection that is idle for `idleLimit` milliseconds. */
  constructor(idleLimit: number) {
    this.#idleLimit = idleLimit;
  }

  /** Starts a command on a host. A lost connection is dialled again, once: the command has not started yet. */
  async open(connection: Connection, command: Command): Promise<Channel> {
    const host = await this.#connect(connection);
    try {
      return await host.open(command);
    } catch (error) {
      if (!host.closed || (error instanceof ChrootError && error.code === "silent")) throw error;
      return (await this.#connect(connection)).open(command);
    }
  }

  /** Uses the present connection. A new one reads the SSH client's configuration again, as ssh does. */
  #connect(connection: Connection): Promise<Host> {
    return this.#share(declaredKey(connection), async () => {
      const route = findRoute(connection);
      return this.connectBy(route, connection).catch((error: unknown) => {
        throw onTheWay(error, route);
      });
    });
  }

  async isConnected(connection: Connection): Promise<boolean> {
    const host = await this.#hosts.get(declaredKey(connection))?.catch(() => undefined);
    return host?.closed === false;
  }

  /** Connects to the last host of a route. All hosts behind a jump host share the connection to it. */
  connectBy(route: Route, connection: Connection): Promise<Host> {
    return this.#share(keyOf(route, connection), () => this.#dialBy(route, connection));
  }

  /**
   * Dials at the first use, and again after a loss. Callers that wait for one dial share its failure, so that a host that is down
   * costs one wait, not one for each of its jails.
   */
  async #share(key: string, make: () => Promise<Host>): Promise<Host> {
    const known = this.#hosts.get(key);
    if (known) {
      const host = await known;
      if (!host.closed) return host;
      if (this.#hosts.get(key) !== known) return this.#share(key, make); // Another caller found it closed, and has dialled.
    }
    const made = make();
    this.#hosts.set(key, made);
    const forget = () => {
      if (this.#hosts.get(key) === made) this.#hosts.delete(key);
    };
    // A look at thousands of hosts must not keep the ones that it has done with.
    made.then((host) => host.whenClosed(forget), forget);
    return made;
  }

  async #dialBy(route: Route, connection: Connection): Promise<Host> {
    const hop = route.at(-1);
    if (!hop) throw new Error("a route without a host");
    if (route.length === 1) return new Host(await dial(hop, this.#gate), connection, this.#idleLimit);
    const { server: jump } = route.at(-2) ?? hop;
    const before = await this.connectBy(route.slice(0, -1), jump);
    // The connection to the jump host stays open while the login waits at the gate.
    const dialled = await before.during(dial(hop, this.#gate, () => before.forward(hop)));
    return new Host(dialled, connection, this.#idleLimit, before);
  }

  /** Closes every connection: an open one keeps a program from ending. */
  async close(): Promise<void> {
    const open = [...this.#hosts.values()];
    this.#hosts.clear();
    for (const host of await Promise.allSettled(open)) if (host.status === "fulfilled") host.value.close();
  }
}

/** Names the jump host in its failure, for a caller that knows only the target. */
export function onTheWay(error: unknown, route: Route): unknown {
  const target = route.at(-1)?.server;
  const isThere = target === undefined || !(error instanceof ChrootError) || error.where === formatHost(target);
  return isThere ? error : error.of(`at its jump host ${error.where}`);
}

/** Gives the same key for the same declaration in the same environment. */
export function declaredKey(connection: Connection): string {
  return JSON.stringify(sorted([connection, homedir(), process.env["SSH_AUTH_SOCK"] ?? ""]));
}

/** Gives equal routes the same key. */
export function keyOf(route: Route, { become }: Connection): string {
  return JSON.stringify(sorted([route, become ?? {}]));
}

/** Gives the same value for the same connection, in any order of its properties. */
function sorted(value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
