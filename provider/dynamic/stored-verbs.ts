import { PartialCreateError } from "../errors";
import { namesOfCheck, withHiddenNames, withPlainNames } from "../resources/hidden-inputs";
import type { Verbs } from "./verbs";

/** The verbs as Pulumi calls them. */
export type PulumiVerbs = Pick<Verbs, "check" | "diff" | "create" | "update" | "read" | "delete">;

/** The verbs with the names that inputs and outputs have in the state. */
export function storedVerbs(verbs: PulumiVerbs): PulumiVerbs {
  return {
    async check(olds, news) {
      const { inputs, ...rest } = await verbs.check(withPlainNames(olds), withPlainNames(news, olds));
      return { inputs: withHiddenNames(inputs, namesOfCheck(olds, news)), ...rest };
    },
    diff: (id, olds, news) => verbs.diff(id, withPlainNames(olds), withPlainNames(news)),
    async create(inputs) {
      try {
        const { id, outs } = await verbs.create(withPlainNames(inputs));
        return { id, outs: withHiddenNames(outs, inputs) };
      } catch (error) {
        if (!(error instanceof PartialCreateError)) throw error;
        throw new PartialCreateError(error.id, withHiddenNames(error.properties, inputs), error);
      }
    },
    async update(id, olds, news) {
      const { outs } = await verbs.update(id, withPlainNames(olds), withPlainNames(news));
      return { outs: withHiddenNames(outs, news) };
    },
    async read(id, props) {
      const read = await verbs.read(id, withPlainNames(props));
      const inputs = read.inputs && { inputs: withHiddenNames(read.inputs, props) };
      return { id: read.id, props: withHiddenNames(read.props, props), ...inputs };
    },
    delete: (id, props) => verbs.delete(id, withPlainNames(props)),
  };
}
