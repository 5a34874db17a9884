import { bytesOf, show } from "../../model/bytes";

/** Makes a table from cells of Markdown. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");
}

/** A table with a title; nothing where it would be empty. `note` stands above it. */
export function section(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  note?: string,
): string[] {
  return rows.length === 0 ? [] : [`## ${title}`, ...(note === undefined ? [] : [note]), table(heads, rows)];
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;" };

/** A person's text as plain text of one cell: it can make no Markdown, no HTML and no new line. */
export function plainText(text: string): string {
  return show(bytesOf(text)).replace(/[\\`*_[\]~$#!&<>|]/g, (mark) => entities[mark] ?? `\\${mark}`);
}

/** A name as a code span. A code span of Markdown has no escapes, and a "|" in it ends a cell. */
export function code(text: string, shown = show(bytesOf(text))): string {
  if (shown !== "" && !/[`|]|^ | $/.test(shown)) return `\`${shown}\``;
  return `<code>${shown.replace(/[^A-Za-z0-9 ,]/gu, (mark) => `&#${mark.codePointAt(0)};`)}</code>`;
}
