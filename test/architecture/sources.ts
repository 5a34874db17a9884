import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The product's sources, which the compiled test finds from the repository's root. */
export const provider = join(__dirname, "..", "..", "..", "provider");
export const files = readdirSync(provider, { recursive: true, encoding: "utf8" }).sort();
export const sources = files.filter((file) => file.endsWith(".ts"));

export interface Import {
  readonly from: string;
  readonly text: string;
}

/** Every module that a file names: import, export … from, import(), require() and import types. */
export function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(provider, file), "utf8"), true, true);
  return importedFiles.map(({ fileName }) => ({ from: file, text: fileName }));
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(provider, file), "utf8"), ts.ScriptTarget.Latest, true);
}

/** The text of a file's strings and templates, without comments. */
export function literalsOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node)) found.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

/** The names that a file's code uses, `import` of a call among them. */
export function namesOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node.text);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) found.push("import");
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

/** The functions of a file that take more than this many parameters, by their names. */
export function functionsAbove(count: number, file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && node.parameters.length > count) found.push(node.name?.getText() ?? "(no name)");
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}
