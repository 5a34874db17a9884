import type { Agent, AgentOptions } from "../../provider/agent/channel/agent";
import * as connect from "../../provider/agent/channel/connect";
import { Lease } from "../../provider/agent/channel/lease";
import * as observing from "../../provider/agent/requests/observe";
import type { Site } from "../../provider/agent/site";
import { Connections } from "../../provider/ssh/connections";

/** The connections of one test file, which all its engines and agents share. */
export const connections = new Connections();

export const closeAll = () => connections.close();

export function withAgent<T>(site: Site, use: (agent: Agent) => Promise<T>, options?: AgentOptions): Promise<T> {
  return connect.withAgent(connections, site, use, options);
}

export function observe(site: Site): ReturnType<typeof observing.observe> {
  return observing.observe(connections, site);
}

export function awaitHost(site: Site, say: (text: string) => Promise<void> = async () => {}): Promise<void> {
  return connect.awaitHost(connections, site, say);
}

export function newLease(site: Site): Lease {
  return new Lease(connections, site);
}
