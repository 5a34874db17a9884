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
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement) && statement.name) {
      const properties = statement.members.filter(ts.isPropertyDeclaration);
      found.set(statement.name.text, described(statement, properties));
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const fields = initializer && fieldsOf(initializer);
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

/** The fields of `z.strictObject({…})`, also where something is called on it. */
function fieldsOf(expression: ts.Expression): ts.PropertyAssignment[] | undefined {
  if (!ts.isCallExpression(expression)) return undefined;
  const { expression: callee, arguments: args } = expression;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.name.text !== "strictObject") return fieldsOf(callee.expression);
  const [shape] = args;
  return shape && ts.isObjectLiteralExpression(shape) ? shape.properties.filter(ts.isPropertyAssignment) : undefined;
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
