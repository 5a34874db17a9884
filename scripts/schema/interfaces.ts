import { bundleTypes } from "./bundle";
import { fleetTypes } from "./fleet";
import { models, packageSchema } from "./package";
import { nameOf, type PropertySpec, type TypeSpec } from "./types";

const head = "// Made by `npm run schema` from the zod models and their TSDoc: change those.\n";

/**
 * Writes the arguments as interfaces, from the same schema as schema.json. The published declarations must not name zod:
 * zod's declarations do not compile with the options of many projects.
 */
export function argumentInterfaces(): string {
  const { types, resources } = packageSchema();
  const others = [...bundleTypes, ...fleetTypes];
  const own = Object.entries(types).filter(([token]) => !others.includes(nameOf(token)));
  const classes = Object.entries(resources).filter(([, { isComponent = false }]) => !isComponent);
  const names = own.map(([token, { description, enum: values, properties = {}, required = [] }]) =>
    values
      ? declaredEnum(nameOf(token), description, values)
      : declaration(nameOf(token), description, { properties, required }),
  );
  const args = classes.map(([token, { inputProperties: properties, requiredInputs: required }]) => {
    const form = { ...inputForm, declared: `${nameOf(token)}Args` };
    return declaration(nameOf(token), `The arguments of a \`${nameOf(token)}\`.`, { properties, required }, form);
  });
  return [`${head}import type * as pulumi from "@pulumi/pulumi";\n`, ...names, ...args].join("\n");
}

/** Writes a connection as plain values, for the hosts of fleets. */
export function plainConnection(): string {
  const { types } = packageSchema();
  const parts = ["Method", "OnUnreachable", "Become", "ProxyConnection", "Connection"].map((name) => {
    const { description, enum: values, properties = {}, required = [] } = types[`chroot:index:${name}`] ?? fail(name);
    if (values) return hidden(declaredEnum(`Plain${name}`, description, values));
    const form = { ...plainForm, declared: `Plain${name}` };
    const text = declaration(name, description, { properties, required }, form);
    return name === "Connection" ? text : hidden(text);
  });
  return [head, ...parts].join("\n");
}

/** A declaration for its own file alone. */
function hidden(text: string): string {
  return text.replace(/^export /m, "");
}

function fail(name: string): never {
  throw new Error(`the schema has no type ${name}`);
}

/** How values are written: as inputs of Pulumi, or plain. */
interface Form {
  readonly declared?: string;
  readonly wrapped: (type: string) => string;
  readonly named: (name: string) => string;
}
const inputForm: Form = { wrapped: (type) => `pulumi.Input<${type}>`, named: (name) => name };
const plainForm: Form = { wrapped: (type) => type, named: (name) => `Plain${name}` };

interface Properties {
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required: readonly string[];
}

function declaration(
  name: string,
  description: string,
  { properties, required }: Properties,
  form: Form = inputForm,
): string {
  const members = Object.entries(properties).map(([key, spec]) => {
    const isRequired = required.includes(key);
    const type = isRequired ? typeOf(spec, form) : `${typeOf(spec, form)} | undefined`;
    const example = models.get(name)?.doc.members.get(key)?.example;
    const text = example === undefined ? spec.description : `${spec.description}\n@example ${example}`;
    return `${comment(text, "  ")}  ${key}${isRequired ? "" : "?"}: ${form.wrapped(type)};\n`;
  });
  return `${comment(description)}export interface ${form.declared ?? name} {\n${members.join("")}}\n`;
}

function declaredEnum(name: string, description: string, values: readonly { readonly value: string }[]): string {
  return `${comment(description)}export type ${name} = ${values.map(({ value }) => `"${value}"`).join(" | ")};\n`;
}

function typeOf({ type, $ref, items, oneOf, additionalProperties }: TypeSpec, form: Form): string {
  if ($ref === "pulumi.json#/Asset") return "pulumi.asset.Asset | pulumi.asset.Archive";
  if ($ref) return form.named(nameOf($ref));
  if (oneOf) return oneOf.map((one) => typeOf(one, form)).join(" | ");
  if (type === "array" && items) return `${form.wrapped(typeOf(items, form))}[]`;
  if (type === "object" && additionalProperties)
    return `{ [key: string]: ${form.wrapped(typeOf(additionalProperties, form))} }`;
  return type === "integer" ? "number" : (type ?? "never");
}

function comment(text: string, indent = ""): string {
  const lines = text.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines.join("")} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
