import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cell, cells } from "./matrix/cells";
import { checkout, pack } from "./matrix/machine";
import { runCell } from "./matrix/run-cell";
import { tableIn, tableOf } from "./matrix/table";

/**
 * `npm run test:matrix [-- WORD…]`: every combination of the table, or those with one of the words in their row. Without words
 * it writes the rows that passed into docs/compatibility.md.
 */
async function main(words: readonly string[]): Promise<void> {
  const chosen = cells.filter((cell) => words.length === 0 || words.some((word) => rowOf(cell).includes(word)));
  const tarball = await pack(ownFolder());
  const passed: Cell[] = [];
  for (const cell of chosen) if (await passes(cell, tarball)) passed.push(cell);
  console.log(tableOf(passed));
  console.log(`${passed.length} passed, ${chosen.length - passed.length} failed`);
  if (words.length === 0) writeTable(passed);
  process.exitCode = passed.length === chosen.length && passed.length > 0 ? 0 : 1;
}

function rowOf(cell: Cell): string {
  return tableOf([cell]).trimEnd().split("\n").at(-1) ?? "";
}

/** A temporary folder that goes with this process, also when it is interrupted. */
function ownFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), "chroot-matrix-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  return directory;
}

async function passes(cell: Cell, tarball: string): Promise<boolean> {
  const started = Date.now();
  const problem = await runCell(cell, tarball).catch((error: Error) => error);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.error(`${problem ? "FAILED" : "ok"} ${rowOf(cell)} ${seconds} s`);
  if (problem) console.error(problem.stack);
  return !problem;
}

function writeTable(passed: readonly Cell[]): void {
  const file = join(checkout, "docs", "compatibility.md");
  const page = readFileSync(file, "utf8");
  writeFileSync(file, page.replace(tableIn(page), tableOf(passed)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
