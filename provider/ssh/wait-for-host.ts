import { setTimeout } from "node:timers/promises";
import { ChrootError, isAway } from "../errors";
import type { Connection } from "../model/connection";
import { type ConnectionPool, declaredKey, keyOf, onTheWay } from "./connection-pool";
import { isRefusedThere } from "./dial";
import { findRoute, type Route } from "./route";

/** Values of a wait beside the connection. */
export interface Waiting {
  /** Starts a command with the declared rights: sudo may become ready later than sshd. */
  readonly begin?: () => Promise<void>;
  /** Called with each new reason for the wait. */
  readonly say: (text: string) => Promise<void>;
  /** Its abort ends the wait: the host is not dialled again. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for hosts that may be about to come up. One wait serves all callers, with one verdict: a later caller does not begin
 * again.
 */
export class HostWaits {
  readonly #pool: ConnectionPool;
  readonly #waits = new Map<string, Promise<void>>();

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /**
   * Dials a host as often as dialErrorLimit allows, and each jump host before it too: sshd, the account, its keys and sudo become
   * ready one after the other.
   */
  waitFor(connection: Connection, waiting: Waiting): Promise<void> {
    return this.#once(declaredKey(connection), async () => {
      const { begin } = waiting;
      if (!(await this.#pool.isConnected(connection))) {
        const route = findRoute(connection);
        await this.#waitForHop(route, connection, waiting).catch((error: unknown) => {
          throw onTheWay(error, route);
        });
      }
      if (begin) await retryUntilReady(begin, connection, waiting);
    });
  }

  #waitForHop(route: Route, connection: Connection, waiting: Waiting): Promise<void> {
    return this.#once(keyOf(route, connection), async () => {
      const jump = route.at(-2)?.server;
      if (jump) await this.#waitForHop(route.slice(0, -1), jump, waiting);
      await retryUntilReady(() => this.#pool.connectBy(route, connection), connection, waiting);
    });
  }

  #once(key: string, wait: () => Promise<void>): Promise<void> {
    const known = this.#waits.get(key) ?? wait();
    this.#waits.set(key, known);
    return known;
  }
}

/** Repeats work until the host is ready for it. */
async function retryUntilReady(
  work: () => Promise<unknown>,
  connection: Connection,
  { say, signal }: Waiting,
): Promise<void> {
  const limit = connection.dialErrorLimit ?? 10;
  let lastText: string | undefined;
  for (let times = 1; ; times++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof ChrootError) || !mayPass(error)) throw error;
      if (limit !== -1 && times >= limit)
        throw times === 1 ? error : error.adding({ why: `tried ${times} times (connection.dialErrorLimit)` });
      const attempts = limit === -1 ? "without end" : `up to ${limit} times`;
      if (lastText !== error.reason)
        await say(`${error.where} is waited for, ${attempts} (connection.dialErrorLimit): ${error.reason}`);
      lastText = error.reason;
    }
    await setTimeout(1000 + 1000 * Math.random(), undefined, { signal });
  }
}

/**
 * An untrusted host key does not repair itself. A password that sudo refuses does not either, and more attempts lock accounts.
 */
function mayPass(error: ChrootError): boolean {
  return isAway(error) || isRefusedThere(error) || error.code === "not-root";
}
