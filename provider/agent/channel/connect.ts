import { ChrootError } from "../../errors";
import type { HostConnections } from "../../ssh/connections";
import type { Waiting } from "../../ssh/wait-for-host";
import { formatSite, type Site } from "../site";
import { Agent, type AgentOptions } from "./agent";
import { agentCommand } from "./start";

/** Runs one agent on the host. It ends, with its lock, after `use`. */
export async function withAgent<T>(
  connections: HostConnections,
  site: Site,
  use: (agent: Agent) => Promise<T>,
  options?: AgentOptions,
): Promise<T> {
  let agent: Agent | undefined;
  try {
    agent = await startAgent(connections, site, options);
    return await use(agent);
  } catch (error) {
    throw atSite(error, site);
  } finally {
    agent?.close();
  }
}

/** Starts an agent that its user has to close. */
export async function startAgent(connections: HostConnections, site: Site, options?: AgentOptions): Promise<Agent> {
  const { connection } = site;
  return new Agent(await connections.open(connection, agentCommand(connection.become)), site, options);
}

/** Adds the jail to an error: a connection knows its host only. */
export function atSite(error: unknown, site: Site): unknown {
  return error instanceof ChrootError ? error.at(formatSite(site)) : error;
}

/** Waits for the host of a new jail, which may be new, too. */
export async function awaitHost(
  connections: HostConnections,
  site: Site,
  waiting: Omit<Waiting, "begin">,
): Promise<void> {
  const begin = async () => (await startAgent(connections, site)).close();
  await connections
    .waitFor(site.connection, { ...waiting, ...(site.connection.become ? { begin } : {}) })
    .catch((error: unknown) => {
      throw atSite(error, site);
    });
}
