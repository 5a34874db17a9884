import type { TypeSpec } from "./types";

const outputTypes: Readonly<Record<string, TypeSpec>> = {
  "pulumi.Output<string>": { type: "string" },
  "pulumi.Output<string[]>": { type: "array", items: { type: "string" } },
  "pulumi.Output<Record<string, string>>": { type: "object", additionalProperties: { type: "string" } },
  "pulumi.Output<Record<string, FleetHostState>>": { type: "object", additionalProperties: { type: "string" } },
};

/** The type of an output in Pulumi's schema, from the TypeScript type of a class's property. */
export function outputType(key: string, text: string): TypeSpec {
  const type = outputTypes[text];
  if (!type) throw new Error(`${key}: no Pulumi type for ${text}; add it to scripts/schema/output-type.ts`);
  return type;
}
