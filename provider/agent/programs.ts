import { type Bytes, fromWire } from "../model/bytes";
import type { Agent } from "./agent";
import { enter } from "./observe";
import { fromAgent } from "./records";
import { pathList } from "./scan";

/** Which of some files in the jail are programs. Only a look: where they are the daemon's it may have changed since. */
export async function programsOf(agent: Agent, root: string, paths: readonly Bytes[]): Promise<ReadonlySet<Bytes>> {
  const list = pathList(paths);
  const [, reply] = await Promise.all([enter(agent, root), agent.request(`programs ${list.length}`, list)]);
  return new Set(reply.lines.filter(([word]) => word === "program").map(([, path]) => fromAgent(fromWire(path))));
}
