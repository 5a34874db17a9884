import { z } from "zod";
import type { Member } from "./sources";
import { nameOf, type ObjectSpec, type PropertySpec, type TypeSpec, tokenOf } from "./types";

/** A property of a zod model. */
interface Property {
  readonly spec: PropertySpec;
  readonly member: Member;
  readonly schema: z.ZodType;
  readonly isRequired: boolean;
  /** An error never prints its value. */
  readonly isHidden: boolean;
}

/** A page's way to the named objects and enumerations. */
interface Names {
  readonly types: Readonly<Record<string, ObjectSpec>>;
  /** A link to the section of an object. */
  link(name: string): string;
}

/** The facts of the line under a property's name, but for its type. */
export function factsOf({ spec, member, schema, isRequired, isHidden }: Property, names: Names): string[] {
  return [
    ...(member.unit === undefined ? [] : [member.unit]),
    ...rangeOf(schema),
    isRequired ? "required" : "optional",
    ...replacement(spec, names),
    ...(spec.secret ? ["secret"] : []),
    ...(isHidden ? ["not shown in errors"] : []),
  ];
}

function replacement(spec: PropertySpec, { types }: Names): string[] {
  if (spec.willReplaceOnChanges || spec.replaceOnChanges) return ["replaces"];
  const inside = types[tokenOf(nameOf(spec.$ref ?? ""))]?.properties ?? {};
  return Object.keys(inside)
    .filter((key) => inside[key]?.replaceOnChanges)
    .map((key) => `another \`${key}\` replaces`);
}

/** The numbers that a number may be. */
function rangeOf(schema: z.ZodType): string[] {
  const { type, minimum, maximum } = z.toJSONSchema(schema, { io: "input" });
  if (type !== "integer" && type !== "number") return [];
  const [least, most] = [minimum, maximum].map((bound) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound.toLocaleString("en-US") : undefined,
  );
  if (least === undefined) return most === undefined ? [] : [`at most ${most}`];
  return [most === undefined ? `${least} or more` : `${least} to ${most}`];
}

/** The type as TypeScript, with links to the objects in it. */
export function shownType(spec: TypeSpec, { types, link }: Names): string {
  const objects = new Set<string>();
  const text = typeText(spec, types, objects);
  if (objects.has(text)) return link(text);
  const links = [...objects].map(link);
  return `\`${text}\`${links.length === 0 ? "" : ` (${links.join(", ")})`}`;
}

/** Adds the names of the objects in the type to `objects`. */
function typeText(spec: TypeSpec, types: Names["types"], objects: Set<string>): string {
  const { type, $ref, items, oneOf, additionalProperties } = spec;
  const inner = (of: TypeSpec) => typeText(of, types, objects);
  if ($ref === "pulumi.json#/Asset") return "pulumi.asset.Asset | pulumi.asset.Archive";
  if ($ref !== undefined) {
    const name = nameOf($ref);
    const values = types[tokenOf(name)]?.enum;
    if (values) return values.map(({ value }) => `"${value}"`).join(" | ");
    objects.add(name);
    // The classes take a Jail, too, which the schema has no type for.
    return name === "JailReference" ? `Jail | ${name}` : name;
  }
  if (oneOf) return oneOf.map(inner).join(" | ");
  if (items) return /\|/.test(inner(items)) ? `(${inner(items)})[]` : `${inner(items)}[]`;
  if (additionalProperties) return `{ [key: string]: ${inner(additionalProperties)} }`;
  return type === "integer" ? "number" : (type ?? "never");
}
