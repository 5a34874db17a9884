import { ChrootError, messageOf, PartialCreateError } from "../errors";
import type { Values } from "../model/values";
import type { TurnInput } from "../resources/turn-input";
import type { PulumiVerbs } from "./stored-verbs";

/**
 * The verbs of a resource that may be in a JailFleet: the error of a failed change ends with the waves that do not start. The
 * program cannot say that, because Pulumi ends it with the first failure.
 */
export function waveVerbs(verbs: PulumiVerbs): PulumiVerbs {
  // By token. It comes with the check, and no state has it.
  const laterWaves = new Map<unknown, string>();
  const told = async <T>(token: unknown, change: () => Promise<T>): Promise<T> => {
    try {
      return await change();
    } catch (error) {
      throw withEnd(error, laterWaves.get(token));
    }
  };
  return {
    async check(olds, news) {
      const checked = await verbs.check(olds, news);
      const sentence = (news["turn"] as TurnInput | undefined)?.laterWaves;
      if (sentence !== undefined) laterWaves.set(tokenOf(checked.inputs), sentence);
      return checked;
    },
    create: (inputs) => told(tokenOf(inputs), () => verbs.create(inputs)),
    update: (id, olds, news) => told(id, () => verbs.update(id, olds, news)),
    diff: (id, olds, news) => verbs.diff(id, olds, news),
    read: (id, props) => verbs.read(id, props),
    delete: (id, props) => verbs.delete(id, props),
  };
}

function tokenOf(inputs: Values): unknown {
  return inputs["token"];
}

function withEnd(error: unknown, sentence: string | undefined): unknown {
  if (sentence === undefined) return error;
  if (error instanceof ChrootError) return error.adding({ remedy: sentence });
  const longer = new Error(`${messageOf(error)}\n${sentence}`);
  if (error instanceof PartialCreateError) return new PartialCreateError(error.id, error.properties, longer);
  return longer;
}
