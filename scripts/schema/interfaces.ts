import { models, packageSchema } from "./package";
import { nameOf, type PropertySpec, type TypeSpec } from "./types";

/**
 * Writes the arguments as interfaces, from the same schema as schema.json. The published declarations must not name zod:
 * zod's declarations do not compile with the options of many projects.
 */
export function argumentInterfaces(): string {
  const { types, resources } = packageSchema();
  const names = Object.entries(types).map(([token, spec]) =>
    spec.enum
      ? `${comment(spec.description)}export type ${nameOf(token)} = ${spec.enum.map(({ value }) => `"${value}"`).join(" | ")};\n`
      : declaration(nameOf(token), spec.description, spec.properties ?? {}, spec.required ?? []),
  );
  const args = Object.entries(resources).map(([token, { inputProperties, requiredInputs }]) =>
    declaration(
      nameOf(token),
      `The arguments of a \`${nameOf(token)}\`.`,
      inputProperties,
      requiredInputs,
      `${nameOf(token)}Args`,
    ),
  );
  const head = `// Made by \`npm run schema\` from the zod models and their TSDoc: change those.\nimport type * as pulumi from "@pulumi/pulumi";\n`;
  return [head, ...names, ...args].join("\n");
}

function declaration(
  name: string,
  description: string,
  properties: Readonly<Record<string, PropertySpec>>,
  required: readonly string[],
  declared = name,
): string {
  const members = Object.entries(properties).map(([key, spec]) => {
    const isRequired = required.includes(key);
    const type = isRequired ? typeOf(spec) : `${typeOf(spec)} | undefined`;
    const example = models.get(name)?.doc.members.get(key)?.example;
    const text = example === undefined ? spec.description : `${spec.description}\n@example ${example}`;
    return `${comment(text, "  ")}  ${key}${isRequired ? "" : "?"}: pulumi.Input<${type}>;\n`;
  });
  return `${comment(description)}export interface ${declared} {\n${members.join("")}}\n`;
}

function typeOf({ type, $ref, items, oneOf, additionalProperties }: TypeSpec): string {
  if ($ref === "pulumi.json#/Asset") return "pulumi.asset.Asset | pulumi.asset.Archive";
  if ($ref) return nameOf($ref);
  if (oneOf) return oneOf.map(typeOf).join(" | ");
  if (type === "array" && items) return `pulumi.Input<${typeOf(items)}>[]`;
  if (type === "object" && additionalProperties)
    return `{ [key: string]: pulumi.Input<${typeOf(additionalProperties)}> }`;
  return type === "integer" ? "number" : (type ?? "never");
}

function comment(text: string, indent = ""): string {
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines.join("")} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
