import type { Agent, AgentOptions } from "../../provider/agent/channel/agent";
import * as connect from "../../provider/agent/channel/connect";
import { Lease } from "../../provider/agent/channel/lease";
import * as observing from "../../provider/agent/requests/observe";
import type { Site } from "../../provider/agent/site";
import { Connections, type HostConnections } from "../../provider/ssh/connections";
import { memoryHost } from "./memory-host/memory-host";

const overSsh = new Connections();

/** The connections of one test file, which all its engines and agents share: over SSH, and to its hosts in memory. */
export const connections: HostConnections = {
  open: async (connection, command) =>
    memoryHost(connection)?.open(connection, command) ?? overSsh.open(connection, command),
  waitFor: async (connection, waiting) => (memoryHost(connection) ? undefined : overSsh.waitFor(connection, waiting)),
  close: () => overSsh.close(),
};

export const closeAll = () => connections.close();

export function withAgent<T>(site: Site, use: (agent: Agent) => Promise<T>, options?: AgentOptions): Promise<T> {
  return connect.withAgent(connections, site, use, options);
}

export function observe(site: Site): ReturnType<typeof observing.observe> {
  return observing.observe(connections, site);
}

export function awaitHost(site: Site, say: (text: string) => Promise<void> = async () => {}): Promise<void> {
  return connect.awaitHost(connections, site, { say });
}

export function newLease(site: Site): Lease {
  return new Lease(connections, site);
}
