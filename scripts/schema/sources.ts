import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The root of the checkout. The sources are there, not beside the compiled script. */
export const checkout = join(__dirname, "..", "..", "..");

/** The TSDoc of an object or a class. */
export interface Described {
  readonly description: string;
  readonly members: ReadonlyMap<string, Member>;
}

export interface Member {
  /** The text, with the default and the refused values as sentences of their own: schema.json and editors show it. */
  readonly description: string;
  /** The text alone. */
  readonly text: string;
  readonly defaultValue?: string;
  /** Refused values. */
  readonly refused?: string;
  /** Unit of a number. */
  readonly unit?: string;
  /** A property of an object literal, in TypeScript. */
  readonly example?: string;
  /** The TypeScript type of a class's property, as the source spells it; empty for an object's. */
  readonly type: string;
}

/** The TSDoc of a constant, an interface or a class that a source file must have. */
export function describedIn(file: string, name: string): Described {
  const found = describe(file).get(name);
  if (!found) throw new Error(`no ${name} in ${file}`);
  return found;
}

/** Reads the TSDoc of a source file's `z.strictObject` constants, interfaces and classes, by name. */
export function describe(file: string): ReadonlyMap<string, Described> {
  const source = ts.createSourceFile(file, readFileSync(join(checkout, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found = new Map<string, Described>();
  const literals = new Map<string, ts.ObjectLiteralExpression>();
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement) && statement.name) {
      const properties = statement.members.filter(ts.isPropertyDeclaration);
      found.set(statement.name.text, described(statement, properties));
    }
    if (ts.isInterfaceDeclaration(statement))
      found.set(statement.name.text, described(statement, statement.members.filter(ts.isPropertySignature)));
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer && ts.isObjectLiteralExpression(initializer)) literals.set(name.getText(), initializer);
      const fields = initializer && fieldsOf(initializer, literals);
      if (fields) found.set(name.getText(), described(statement, fields));
    }
  }
  return found;
}

type Property = ts.PropertyAssignment | ts.PropertyDeclaration | ts.PropertySignature;

function described(node: ts.Node, members: readonly Property[]): Described {
  return {
    description: docOf(node),
    members: new Map(
      members.map((member) => {
        const type = ts.isPropertyDeclaration(member) ? (member.type?.getText() ?? "") : "";
        return [member.name.getText(), { ...memberDocOf(member), type }];
      }),
    ),
  };
}

type Literals = ReadonlyMap<string, ts.ObjectLiteralExpression>;

/** Returns the fields of `z.strictObject({…})`, also when a method is called on it. */
function fieldsOf(expression: ts.Expression, literals: Literals): ts.PropertyAssignment[] | undefined {
  if (!ts.isCallExpression(expression)) return undefined;
  const { expression: callee, arguments: args } = expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.name.text !== "strictObject") return fieldsOf(callee.expression, literals);
  return args[0] && propertiesOf(args[0], literals);
}

/** Returns the fields of an object literal or of a constant that holds one, spread fields included. */
function propertiesOf(shape: ts.Expression, literals: Literals): ts.PropertyAssignment[] | undefined {
  const literal = ts.isIdentifier(shape) ? literals.get(shape.text) : shape;
  if (!literal || !ts.isObjectLiteralExpression(literal)) return undefined;
  return literal.properties.flatMap((member) => {
    if (ts.isPropertyAssignment(member)) return [member];
    return ts.isSpreadAssignment(member) ? (propertiesOf(member.expression, literals) ?? []) : [];
  });
}

const memberTags = ["defaultValue", "refused", "unit", "example"] as const;

/** Reads the text and the tags of a property. */
export function memberDocOf(node: ts.Node): Omit<Member, "type"> {
  const text = docOf(node);
  const found = ts.getJSDocTags(node).map((tag) => [tag.tagName.text, markdownOf(tag.comment)] as const);
  const tags: Partial<Record<(typeof memberTags)[number], string>> = {};
  for (const [name, value] of found) {
    const known = memberTags.find((one) => one === name);
    if (known === undefined) throw new Error(`@${name}: a property has no tag but ${memberTags.join(", ")}`);
    tags[known] = value;
  }
  const { defaultValue, refused } = tags;
  const sentences = [
    ...(defaultValue === undefined ? [] : [`Default: ${defaultValue}.`]),
    ...(refused === undefined ? [] : [`Refused: ${refused}.`]),
  ];
  return { ...tags, text, description: [text, ...sentences].join(" ") };
}

/** The text of a declaration's TSDoc. */
export function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return markdownOf(comments.at(-1)?.comment);
}

/** Returns the text of a comment as Markdown: joins the lines of a paragraph, keeps the paragraphs. */
function markdownOf(comment: ts.JSDoc["comment"]): string {
  return (ts.getTextOfJSDocComment(comment) ?? "")
    .replace(/\{@link ([\w.]+)\}/g, "`$1`")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .join("\n\n");
}
