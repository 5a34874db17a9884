import type { ResourceKind } from "../resources/kind";
import { printableVerbs } from "./printable-verbs";
import { engine } from "./process-engine";
import type { PulumiVerbs } from "./stored-verbs";

/** The verbs of a dynamic resource, of the engine of this process. */
export function processVerbs(of: ResourceKind | "gate"): PulumiVerbs {
  return printableVerbs(of, engine, "check-first");
}
