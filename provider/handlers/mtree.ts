import { observe, withAgent } from "../agent/observe";
import { mtree } from "../render/mtree";
import { jailReferenceArgs } from "../resources/permission-rule/args";
import { viewOf } from "./view";

/** What the host's registry declares for a root, and what is there, as a specification for mtree(8). */
export async function mtreeOf(place: unknown): Promise<string> {
  const site = jailReferenceArgs.parse(place);
  const program = { stack: undefined, declarations: [], departed: new Set<string>() };
  const { merged, observation } = await viewOf(program, await observe(site), (ask) => withAgent(site, ask));
  return mtree(merged, observation);
}
