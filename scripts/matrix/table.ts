import type { Cell } from "./cells";
import { forms } from "./forms";

const head = "| Node.js | SDK | CLI | Program |\n";

/** The table of docs/compatibility.md, with a row for each cell. */
export function tableOf(cells: readonly Cell[]): string {
  const rows = cells.map(({ node, sdk, cli = "none", form }) => `| ${node} | ${sdk} | ${cli} | ${forms[form].title} |`);
  return `${head}|---|---|---|---|\n${rows.map((row) => `${row}\n`).join("")}`;
}

/** The table that a page has. */
export function tableIn(page: string): string {
  const from = page.indexOf(head);
  if (from < 0) throw new Error(`the page has no table that begins with ${head}`);
  return page.slice(from, page.indexOf("\n\n", from) + 1);
}
