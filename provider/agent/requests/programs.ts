import { type Bytes, fromWire } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { allToldIn } from "../channel/reply";
import { fromAgent, pathList } from "../paths";
import { enter } from "./enter";

/** Tells which of some files in the jail are programs. Only a look: the daemon may have changed its own files since. */
export async function programsOf(agent: Agent, paths: readonly Bytes[]): Promise<ReadonlySet<Bytes>> {
  const list = pathList(paths);
  const [, reply] = await Promise.all([enter(agent), ask(agent, "programs", { data: list })]);
  return new Set(allToldIn(reply, "program").map((path) => fromAgent(fromWire(path))));
}
