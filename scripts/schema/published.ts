import { exampleOf } from "./examples";
import { packageSchema } from "./package";
import { nameOf } from "./types";

/**
 * The package schema as schema.json publishes it. Each resource has an example. No connection is required, because the provider's
 * configuration may give it. Enumerations are strings: YAML gives none the value of another resource, such as
 * `${named.connection}`, and a handler names the values where one is wrong.
 */
export function publishedSchema(): object {
  const { types, resources, ...schema } = packageSchema();
  const shown = Object.entries(resources).map(([token, { description, required, requiredInputs, ...spec }]) => [
    token,
    {
      description: `${description}\n\n${exampleOf(nameOf(token))}`,
      ...spec,
      required: withoutConnection(required),
      requiredInputs: withoutConnection(requiredInputs),
    },
  ]);
  const enumerations = Object.keys(types).filter((token) => types[token]?.enum !== undefined);
  const objects = Object.entries(types)
    .filter(([token]) => !enumerations.includes(token))
    .map(([token, { required = [], ...spec }]) => [token, { ...spec, required: withoutConnection(required) }]);
  return withStrings(
    { ...schema, types: Object.fromEntries(objects), resources: Object.fromEntries(shown) },
    enumerations,
  ) as object;
}

function withoutConnection(required: readonly string[]): string[] {
  return required.filter((key) => key !== "connection");
}

function withStrings(value: unknown, enumerations: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => withStrings(one, enumerations));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, ...others } = value as Readonly<Record<string, unknown>>;
  const entries = Object.entries(others).map(([key, one]) => [key, withStrings(one, enumerations)]);
  const type = $ref === undefined ? {} : isOf($ref, enumerations) ? { type: "string" } : { $ref };
  return { ...type, ...Object.fromEntries(entries) };
}

function isOf($ref: unknown, enumerations: readonly string[]): boolean {
  return enumerations.some((token) => $ref === `#/types/${token}`);
}
