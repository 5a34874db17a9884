import { structuredPatch } from "diff";
import { type Bytes, fromWire, show } from "../../model/bytes";

/** The most lines of a difference that are shown; the others are counted. */
const lineLimit = 20;

/** The change from one text to another, as unified lines (diff -u) with two lines around; empty where one is no text. */
export function changedLines(live: Bytes, declared: Bytes): string[] {
  if (live.includes("\0") || declared.includes("\0")) return [];
  const { hunks } = structuredPatch("", "", live, declared, "", "", { context: 2 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: own }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...own.map((line) => `${line.charAt(0)}${show(fromWire(line.slice(1)))}`),
  ]);
  const more = lines.length - lineLimit;
  return more > 0 ? [...lines.slice(0, lineLimit), `(and ${more.toLocaleString("en-US")} more lines)`] : lines;
}
