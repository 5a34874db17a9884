import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Where the sources are: they are not beside the compiled script. */
export const checkout = join(__dirname, "..", "..", "..");

/** An object or class as its TSDoc describes it. */
export interface Described {
  readonly description: string;
  readonly members: ReadonlyMap<string, Member>;
}

interface Member {
  readonly description: string;
  /** Of a class: its TypeScript type as it is written. */
  readonly type: string;
}

/** What TSDoc says of the exported `z.strictObject` constants and classes of a source file, by name. */
export function describe(file: string): ReadonlyMap<string, Described> {
  const source = ts.createSourceFile(file, readFileSync(join(checkout, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found = new Map<string, Described>();
  const literals = new Map<string, ts.ObjectLiteralExpression>();
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement) && statement.name) {
      const properties = statement.members.filter(ts.isPropertyDeclaration);
      found.set(statement.name.text, described(statement, properties));
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer && ts.isObjectLiteralExpression(initializer)) literals.set(name.getText(), initializer);
      const fields = initializer && fieldsOf(initializer, literals);
      if (fields) found.set(name.getText(), described(statement, fields));
    }
  }
  return found;
}

function described(node: ts.Node, members: readonly (ts.PropertyAssignment | ts.PropertyDeclaration)[]): Described {
  return {
    description: docOf(node),
    members: new Map(
      members.map((member) => {
        const type = ts.isPropertyDeclaration(member) ? (member.type?.getText() ?? "") : "";
        return [member.name.getText(), { description: docOf(member), type }];
      }),
    ),
  };
}

type Literals = ReadonlyMap<string, ts.ObjectLiteralExpression>;

/** The fields of `z.strictObject({…})`, also where something is called on it. */
function fieldsOf(expression: ts.Expression, literals: Literals): ts.PropertyAssignment[] | undefined {
  if (!ts.isCallExpression(expression)) return undefined;
  const { expression: callee, arguments: args } = expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.name.text !== "strictObject") return fieldsOf(callee.expression, literals);
  return args[0] && propertiesOf(args[0], literals);
}

/** Those of an object literal, of one with a name, and of what is spread in it. */
function propertiesOf(shape: ts.Expression, literals: Literals): ts.PropertyAssignment[] | undefined {
  const literal = ts.isIdentifier(shape) ? literals.get(shape.text) : shape;
  if (!literal || !ts.isObjectLiteralExpression(literal)) return undefined;
  return literal.properties.flatMap((member) => {
    if (ts.isPropertyAssignment(member)) return [member];
    return ts.isSpreadAssignment(member) ? (propertiesOf(member.expression, literals) ?? []) : [];
  });
}

/** A TSDoc comment as Markdown: a line of the source is no line of the text, a blank one is a paragraph. */
function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comments.at(-1)?.comment) ?? "";
  return text
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .join("\n\n");
}
