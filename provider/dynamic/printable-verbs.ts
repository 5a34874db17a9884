import { PartialCreateError } from "../errors";
import { printable } from "../model/bytes";
import { printableIn } from "../model/values";
import type { ResourceKind } from "../resources/kind";
import { engine } from "./process-engine";
import { type PulumiVerbs, storedVerbs } from "./stored-verbs";
import { Verbs } from "./verbs";

/** The verbs of one kind as Pulumi calls them: it prints their errors, and their reasons to refuse arguments, to a terminal. */
export function printableVerbs(kind: ResourceKind): PulumiVerbs {
  const verbs = storedVerbs(new Verbs(kind, engine));
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
