import ts from "typescript";

/** One line of a comment, without the comment's marks. */
export interface CommentLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Every line of every comment in a file of TypeScript, JavaScript, C, Go, shell or Python. */
export function commentLines(file: string, source: string): CommentLine[] {
  if (/\.[jt]s$/.test(file)) return tokenTrivia(source).flatMap((trivia) => scan(source, trivia));
  // The scanner fits C and Go, which have the same comments and quotes.
  if (/\.([ch]|go)$/.test(file)) return scan(source, { start: 0, length: source.length });
  return source.split("\n").flatMap((text, index) => {
    const comment = /^\s*#(?!!)(.*)$/.exec(text)?.[1];
    return comment === undefined ? [] : [{ line: index + 1, text: comment.trim() }];
  });
}

/** The space before each token: only the parser knows where a regular expression or a template ends. */
function tokenTrivia(source: string): ts.TextSpan[] {
  const parsed = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const spans: ts.TextSpan[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren().filter((child) => !ts.isJSDoc(child));
    const length = children.length > 0 ? 0 : node.getStart() - node.pos;
    if (length > 0) spans.push({ start: node.pos, length });
    children.forEach(visit);
  };
  visit(parsed);
  return spans;
}

function scan(source: string, { start, length }: ts.TextSpan): CommentLine[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard);
  scanner.setText(source, start, length);
  const found: CommentLine[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind !== ts.SyntaxKind.SingleLineCommentTrivia && kind !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    const first = source.slice(0, scanner.getTokenStart()).split("\n").length;
    for (const [index, text] of scanner.getTokenText().split("\n").entries())
      found.push({ line: first + index, text: text.replace(/^\s*(\/\/|\/?\*+)\s?|\s*\*\/$/g, "").trim() });
  }
  return found;
}
