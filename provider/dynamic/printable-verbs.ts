import type { Engine } from "../engine/engine";
import { PartialCreateError } from "../errors";
import { printable } from "../model/bytes";
import { printableIn } from "../model/values";
import type { ResourceKind } from "../resources/kind";
import { GateVerbs } from "./gate-verbs";
import { type PulumiVerbs, storedVerbs } from "./stored-verbs";
import { type VerbOrder, Verbs } from "./verbs";
import { waveVerbs } from "./wave-verbs";

/**
 * The verbs of one kind, or of a gate, as Pulumi calls them: it prints their errors, and their reasons to refuse arguments, to a
 * terminal.
 */
export function printableVerbs(of: ResourceKind | "gate", engine: Engine, order: VerbOrder): PulumiVerbs {
  const verbs = storedVerbs(of === "gate" ? new GateVerbs(engine) : waveVerbs(new Verbs(of, engine, order)));
  return {
    check: (olds, news) =>
      printed(async () => {
        const { inputs, failures } = await verbs.check(olds, news);
        return failures ? { inputs, failures: printableIn(failures) } : { inputs };
      }),
    diff: (id, olds, news) => printed(() => verbs.diff(id, olds, news)),
    create: (inputs) => printed(() => verbs.create(inputs)),
    update: (id, olds, news) => printed(() => verbs.update(id, olds, news)),
    read: (id, props) => printed(() => verbs.read(id, props)),
    delete: (id, props) => printed(() => verbs.delete(id, props)),
  };
}

async function printed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw new Error(printable(String(error)));
    error.message = printable(error.message);
    // The dynamic provider prints the stack, which contains the message.
    if (error.stack !== undefined) error.stack = printable(error.stack);
    if (error instanceof PartialCreateError) error.reasons.splice(0, Infinity, ...error.reasons.map(printable));
    throw error;
  }
}
