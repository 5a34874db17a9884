import type { Agent } from "../../agent/channel/agent";
import { removeFile } from "../../agent/requests/deliver";
import { PutError } from "../../agent/requests/delivery-error";
import { restartRelay } from "../../agent/requests/log-socket";
import { type Bytes, fromWire, show } from "../../model/bytes";
import type { Difference } from "../../plan/difference";
import type { Step } from "../../plan/steps";
import type { Assessment } from "../assess/assessment";
import { rsyslogFragmentPath } from "../assess/log-socket";

/**
 * Removes the socket before rsyslog gets another configuration: if this run is killed, the next one finds no listener and
 * restarts rsyslog.
 */
export async function removeSocketBeforeRestart(
  agent: Agent,
  { merged, observation }: Assessment,
  placing: readonly Step[],
): Promise<void> {
  const at = merged.jail?.intent.logSocket?.at;
  if (at === undefined || !placing.some(({ path }) => path === rsyslogFragmentPath(agent.site.root))) return;
  if (observation.entries.get(at)?.type === "socket") await removeOrExplain(agent, at);
}

/** Restarts the host's rsyslog where a log socket has no listener. Returns what failed. */
export async function startRelays(agent: Agent, differences: readonly Difference[]): Promise<string[]> {
  const errors = differences.map(({ path, silence }) => {
    if (silence?.of === "host") return ["start the daemon that should listen there"];
    return silence?.of === "relay" ? restartRelay(agent, path, rsyslogFragmentPath(agent.site.root)) : [];
  });
  return (await Promise.all(errors)).flat();
}

/** Makes the host's rsyslog forget a jail. */
export async function stopRelay(agent: Agent): Promise<string[]> {
  const fragment = rsyslogFragmentPath(agent.site.root);
  const errors = await removeOrExplain(agent, fragment);
  return [...errors, ...(await restartRelay(agent, fromWire("."), fragment))];
}

/** Removes a file, and returns why it is still there, if it is. */
async function removeOrExplain(agent: Agent, path: Bytes): Promise<string[]> {
  try {
    await removeFile(agent, path);
    return [];
  } catch (error) {
    if (error instanceof PutError) return [`${show(path)} cannot be removed: ${error.message}`];
    throw error;
  }
}
