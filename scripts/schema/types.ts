import { z } from "zod";
import type { Described } from "./sources";

/** A type of Pulumi's package schema: the part of it that this package uses. */
export interface TypeSpec {
  readonly type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  readonly $ref?: string;
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly oneOf?: readonly TypeSpec[];
}

export interface PropertySpec extends TypeSpec {
  readonly description: string;
  readonly secret?: true;
  readonly replaceOnChanges?: true;
  readonly willReplaceOnChanges?: true;
}

/** A named object or a named enumeration of strings. */
export interface ObjectSpec {
  readonly description: string;
  readonly type: "object" | "string";
  readonly properties?: Readonly<Record<string, PropertySpec>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly value: string }[];
}

/** A resource, or a component. */
export interface ResourceSpec {
  readonly description: string;
  readonly isComponent?: true;
  readonly aliases?: readonly { readonly type: string }[];
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required: readonly string[];
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs: readonly string[];
}

interface JsonSchema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** A zod model and its TSDoc. */
export interface Model {
  readonly schema: z.ZodObject;
  readonly doc: Described;
}

/** Turns zod models into Pulumi's types. Refers to the models in `names` by their names, and names each enumeration. */
export class Types {
  readonly #names = z.registry<{ id: string }>();
  readonly #enumerations = new Map<string, ObjectSpec>();

  /** `asset` is the model that stands for Pulumi's own assets and archives. */
  constructor(names: Readonly<Record<string, Model>>, asset: z.ZodType) {
    this.#names.add(asset, { id: assetName });
    for (const [id, { schema }] of Object.entries(names)) this.#names.add(schema, { id });
  }

  /** Returns an object's properties with their descriptions, and the names of the required ones. */
  object({ schema, doc }: Model): ObjectSpec & { properties: Record<string, PropertySpec>; required: string[] } {
    const json = z.toJSONSchema(schema, { io: "input", metadata: this.#names }) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    // zod gives a named object as a reference to itself.
    const self = json.$ref === undefined ? json : (json.$defs?.[json.$ref.replace(/^.*\//, "")] ?? json);
    // "type" alone is too vague a name for an enumeration.
    const enumeration = (key: string) => (key === "type" ? `${json.$ref?.replace(/^.*\//, "") ?? ""} type` : key);
    const properties = Object.entries(self.properties ?? {}).map(([key, value]) => {
      const { description = "", text = "" } = doc.members.get(key) ?? {};
      return [key, { ...this.#type(enumeration(key), value, text), description }] as const;
    });
    return {
      description: doc.description,
      type: "object",
      properties: Object.fromEntries(properties),
      required: [...(self.required ?? [])],
    };
  }

  /** The enumerations found so far. */
  enumerations(): Record<string, ObjectSpec> {
    return Object.fromEntries(this.#enumerations);
  }

  /** `description` is for an enumeration. */
  #type(key: string, json: JsonSchema, description: string): TypeSpec {
    const { $ref, type, items, anyOf, additionalProperties } = json;
    if ($ref?.endsWith(`/${assetName}`)) return { $ref: "pulumi.json#/Asset" };
    if ($ref !== undefined) return { $ref: refTo($ref.replace(/^.*\//, "")) };
    if (json.enum) {
      const name = key.replace(/(?:^| )(.)/g, (_, letter: string) => letter.toUpperCase());
      this.#enumerations.set(name, { description, type: "string", enum: json.enum.map((value) => ({ value })) });
      return { $ref: refTo(name) };
    }
    if (anyOf) return { oneOf: anyOf.map((one) => this.#type(key, one, description)) };
    if (type === "array" && items) return { type, items: this.#type(key, items, description) };
    if (type === "object" && typeof additionalProperties === "object")
      return { type, additionalProperties: this.#type(key, additionalProperties, description) };
    if (type === "string" || type === "boolean" || type === "integer" || type === "number") return { type };
    throw new Error(`${key}: no Pulumi type for ${JSON.stringify(json)}; name its model in scripts/schema/package.ts`);
  }
}

const assetName = "AssetOrArchive";

export function tokenOf(name: string): string {
  return `chroot:index:${name}`;
}

export function nameOf(token: string): string {
  return token.replace(/^.*:/, "");
}

function refTo(name: string): string {
  return `#/types/${tokenOf(name)}`;
}
