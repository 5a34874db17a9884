import type { Member } from "./sources";
import type { PropertySpec, TypeSpec } from "./types";

const outputTypes: Readonly<Record<string, TypeSpec>> = {
  "pulumi.Output<string>": { type: "string" },
  "pulumi.Output<string[]>": { type: "array", items: { type: "string" } },
  "pulumi.Output<Record<string, string>>": { type: "object", additionalProperties: { type: "string" } },
  "pulumi.Output<Record<string, FleetHostState>>": { type: "object", additionalProperties: { type: "string" } },
};

/** The outputs of a class as properties of Pulumi's schema, by their names. */
export function outputProperties(members: Iterable<readonly [string, Member]>): Record<string, PropertySpec> {
  const entries = [...members].map(([key, { type, description }]) => [key, { ...outputType(key, type), description }]);
  return Object.fromEntries(entries);
}

/** The type of an output in Pulumi's schema, from the TypeScript type of a class's property. */
function outputType(key: string, text: string): TypeSpec {
  const type = outputTypes[text];
  if (!type) throw new Error(`${key}: no Pulumi type for ${text}; add it to scripts/schema/output-type.ts`);
  return type;
}
