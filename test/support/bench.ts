import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@jest/globals";

/** The program of a bench. */
export function benchFile(bench: string): string {
  return join(__dirname, "..", "..", "bench", `${bench}.js`);
}

/**
 * Runs a bench in its short form and returns the labels of its figures. Throws when the bench fails, or when a figure is no
 * number. Goals are not checked: with tiny numbers on a busy machine they say nothing.
 */
export async function figuresOf(bench: string, ...args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [benchFile(bench), ...args]);
  expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
  return [...stdout.matchAll(/^(.+?) {2,}-?[\d.]+ (?:ms|s|MB|B|lines)\b/gm)].map(([, label = ""]) => label.trim());
}
