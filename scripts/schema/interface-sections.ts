import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Link, Section } from "./reference-section";
import { checkout, describe, docOf, type Member, memberDocOf } from "./sources";

/** The files whose interfaces the reference shows: fleets have functions in them, so they have no zod model and no schema. */
const files = [
  "resources/jail-bundle/resource.ts",
  ...["resources/jail-fleet/args.ts", "fleet/fleet.ts", "fleet/gate.ts", "fleet/host.ts", "fleet/labels.ts"],
  ...["fleet/share.ts", "fleet/waves.ts", "rollout/options.ts"],
];

/** Classes that take the arguments of an interface: the interface and the file of each. */
const components: Readonly<Record<string, { readonly args: string; readonly file: string }>> = {
  JailBundle: { args: "JailBundleArgs", file: "provider/resources/jail-bundle/resource.ts" },
  JailFleet: { args: "JailFleetArgs", file: "provider/resources/jail-fleet/resource.ts" },
};

/** Objects of the schema that interfaces name. */
const schemaObjects = ["Connection", "Jail", "PermissionRule", "JailFile", "Wrapper"];

/** Objects that a program gets and does not make. */
const received = ["GatedWave", "DeclaredHost", "DeclaredOptions", "FleetUnit"];

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

const declarations: ReadonlyMap<string, Declaration> = new Map(
  files.flatMap((file) => {
    const text = readFileSync(join(checkout, "provider", file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return source.statements.flatMap((one): [string, Declaration][] =>
      ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one) ? [[one.name.text, one]] : [],
    );
  }),
);

/** A property of an interface. */
export interface InterfaceMember {
  readonly key: string;
  readonly member: Omit<Member, "type">;
  readonly node: ts.PropertySignature;
  readonly presence: "required" | "optional" | "one of several";
}

/** The properties of an interface or a type: its own ones and those of the types that it extends or joins. */
export function interfaceMembers(name: string): InterfaceMember[] {
  return membersOf(declarationOf(components[name]?.args ?? name)).members;
}

/** The section of an interface or of a type. */
export function interfaceSection(name: string, link: Link): Section {
  const component = components[name];
  const node = declarationOf(component?.args ?? name);
  const { members, bases } = membersOf(node);
  const described = component ? describe(component.file).get(name) : undefined;
  const base = bases.map((one) => `It has all properties of a ${link(one)}.`);
  const isType = ts.isTypeAliasDeclaration(node) && members.length === 0;
  const list = listOf(node);
  return {
    name,
    kind: isType ? "type" : "object",
    description: [described?.description ?? docOf(list ?? node), ...base].join(" "),
    ...(isType ? { code: `type ${name} = ${list ? valuesOf(list) : typeOf(node.type)};` } : {}),
    properties: members.map(({ key, member, node: { type }, presence }) => ({
      key,
      member,
      type: linkedType(typeOf(type), link),
      facts: received.includes(name) ? [] : [...(member.unit === undefined ? [] : [member.unit]), presence],
      isRequired: presence === "required" && !received.includes(name),
    })),
    outputs: [...(described?.members ?? [])].map(([key, { type, description }]) => ({
      key,
      type: linkedType(type.replace(/^pulumi\.Output<(.*)>$/, "$1").replace(...record), link),
      description,
    })),
  };
}

function declarationOf(name: string): Declaration {
  const found = declarations.get(name);
  if (!found) throw new Error(`there is no interface ${name} in the files of scripts/schema/interface-sections.ts`);
  return found;
}

/** The constant whose values a type has: `(typeof values)[number]`. */
function listOf(node: Declaration): ts.VariableStatement | undefined {
  const [, name] = /\(typeof (\w+)\)\[number\];$/.exec(node.getText()) ?? [];
  const statements = node.getSourceFile().statements.filter(ts.isVariableStatement);
  return statements.find(
    ({
      declarationList: {
        declarations: [first],
      },
    }) => first?.name.getText() === name,
  );
}

function valuesOf(list: ts.VariableStatement): string {
  return (list.getText().match(/"[^"]*"/g) ?? []).join(" | ");
}

/** Properties, and the names of objects of the schema whose properties belong to them, too. */
interface Members {
  readonly members: readonly InterfaceMember[];
  readonly bases: readonly string[];
}

function membersOf(node: Declaration): Members & { members: InterfaceMember[] } {
  const parts = ts.isInterfaceDeclaration(node)
    ? [
        ...(node.heritageClauses?.flatMap(({ types }) => types).map(extended) ?? []),
        { members: ownMembers(node.members), bases: [] },
      ]
    : [joined(node.type)];
  return { members: parts.flatMap(({ members }) => members), bases: parts.flatMap(({ bases }) => bases) };
}

/** `extends X`, or `extends Omit<X, "a">`. */
function extended({
  expression,
  typeArguments = ts.factory.createNodeArray(),
}: ts.ExpressionWithTypeArguments): Members {
  const [of, without] = typeArguments;
  if (expression.getText() !== "Omit" || !of || !without) return referred(expression.getText());
  const { members, bases } = referred(of.getText());
  return { members: members.filter(({ key }) => !without.getText().includes(`"${key}"`)), bases };
}

/** The properties of a type: of an object, of all parts of an intersection, and of each choice of a union of objects. */
function joined(type: ts.TypeNode): Members {
  if (ts.isTypeLiteralNode(type)) return { members: ownMembers(type.members), bases: [] };
  if (ts.isTypeReferenceNode(type) && !type.typeArguments) return referred(type.getText());
  if (ts.isIntersectionTypeNode(type)) {
    const parts = type.types.map(joined);
    return { members: parts.flatMap(({ members }) => members), bases: parts.flatMap(({ bases }) => bases) };
  }
  if (!ts.isUnionTypeNode(type)) return { members: [], bases: [] };
  const choices = type.types.flatMap((one) => (ts.isTypeLiteralNode(one) ? ownMembers(one.members) : []));
  return { members: choices.map((one) => ({ ...one, presence: "one of several" as const })), bases: [] };
}

function referred(name: string): Members {
  const schemaName = name.replace(/^Plain(?=Connection$)|(?<=^Jail)Args$/, "");
  return schemaObjects.includes(schemaName) ? { members: [], bases: [schemaName] } : membersOf(declarationOf(name));
}

function ownMembers(nodes: ts.NodeArray<ts.TypeElement>): InterfaceMember[] {
  return nodes.filter(ts.isPropertySignature).map((node) => ({
    key: node.name.getText(),
    member: memberDocOf(node),
    node,
    presence: node.questionToken ? "optional" : "required",
  }));
}

const record: [RegExp, string] = [
  /Readonly<Record<string, ([^<>]+)>>|Record<string, ([^<>]+)>/g,
  "{ [key: string]: $1$2 }",
];

/** The type as its source spells it, without the words that say only that nothing changes it. */
function typeOf(type: ts.TypeNode | undefined): string {
  const text = type?.getText() ?? "unknown";
  return text
    .replaceAll("readonly ", "")
    .replace(/\bPlain(?=Connection\b)/g, "")
    .replace(/\bFleetHosts\b/g, "Readonly<Record<string, FleetHost>>")
    .replace(/Omit<(PermissionRule|JailFile|Wrapper)Args, "jail">/g, "$1")
    .replace(...record)
    .replace(/\s+/g, " ");
}

/** The type with links to the sections of its parts. */
function linkedType(text: string, link: Link): string {
  const parts = new Set([...text.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name).filter(hasSection));
  if (parts.has(text)) return link(text);
  const links = [...parts].map(link);
  return `\`${text}\`${links.length === 0 ? "" : ` (${links.join(", ")})`}`;
}

function hasSection(name: string): boolean {
  return schemaObjects.includes(name) || (declarations.has(name) && name !== "RolloutProgress");
}
