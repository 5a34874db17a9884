import type { Connection } from "../model/connection";
import type { Command } from "./become";
import type { Channel } from "./channel";
import { ConnectionPool } from "./connection-pool";
import { HostWaits, type Waiting } from "./wait-for-host";

/**
 * Milliseconds for which a connection may be idle. An open connection keeps this process from ending, which delays a program that
 * only looks; after a kill of the CLI it stays on the host as long as this process lives. A shorter limit would dial a host again
 * in the middle of a run, where Pulumi is busy with other resources for some seconds.
 */
const idleLimit = 30_000;

/** Ways to hosts: the part of {@link Connections} that agents and engines need. Tests have hosts without SSH. */
export type HostConnections = Pick<Connections, "open" | "waitFor" | "close">;

/** The connections of one engine to its hosts. */
export class Connections {
  readonly #pool: ConnectionPool;
  readonly #waits: HostWaits;

  constructor(limit = idleLimit) {
    this.#pool = new ConnectionPool(limit);
    this.#waits = new HostWaits(this.#pool);
  }

  /** Starts a command on a host. */
  open(connection: Connection, command: Command): Promise<Channel> {
    return this.#pool.open(connection, command);
  }

  /** Waits for a host that may be about to come up. */
  waitFor(connection: Connection, waiting: Waiting): Promise<void> {
    return this.#waits.waitFor(connection, waiting);
  }

  /** Closes every connection: an open one keeps a program from ending. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}
