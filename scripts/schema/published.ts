import { exampleOf } from "./examples";
import { packageSchema } from "./package";
import { nameOf } from "./types";

/**
 * The package schema as schema.json publishes it: with an example of each resource, and with strings in place of enumerations. YAML takes an enumeration's value from
 * no other resource, such as `${named.connection}`, and a handler names the values where one is wrong.
 */
export function publishedSchema(): object {
  const { types, resources, ...schema } = packageSchema();
  const shown = Object.entries(resources).map(([token, { description, ...spec }]) => [
    token,
    { description: `${description}\n\n${exampleOf(nameOf(token))}`, ...spec },
  ]);
  const enumerations = Object.keys(types).filter((token) => types[token]?.enum !== undefined);
  const objects = Object.entries(types).filter(([token]) => !enumerations.includes(token));
  return withStrings(
    { ...schema, types: Object.fromEntries(objects), resources: Object.fromEntries(shown) },
    enumerations,
  ) as object;
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
