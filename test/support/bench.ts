import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@jest/globals";

const folder = join(__dirname, "..", "..", "bench");

/**
 * Runs a bench in its short form and returns the labels of its figures. Throws when the bench fails, or when a figure is no
 * number. Goals are not checked: with tiny numbers on a busy machine they say nothing.
 */
export async function figuresOf(bench: string, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, `${bench}.js`), ...args]);
  expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
  return [...stdout.matchAll(/^(.+?) {2,}-?[\d.]+ (?:ms|s|MB|B)\b/gm)].map(([, label = ""]) => label.trim());
}
