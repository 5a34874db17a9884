import type { Shown } from "./commands";

/** A step that did not show what it had to. */
export class CheckError extends Error {}

/** A line that has to be there: as it is reported when it is missing, and how it is told in the output. */
export interface Line {
  readonly text: string;
  readonly pattern: RegExp;
}

/** A line that has to be there as it is, but for the blanks around it. */
export function line(text: string): Line {
  return { text, pattern: new RegExp(`^\\s*${quote(text)}$`) };
}

/** A line of a diff, `+ path: "text"`: the engine aligns the colons. */
export function driftLine(path: string, text: string): Line {
  const value = `"${text}"`;
  return { text: `+ ${path}: ${value}`, pattern: new RegExp(`^\\s*\\+ ${quote(path)}\\s*: ${quote(value)}$`) };
}

/** Fails unless the command ended well and every line is there. */
export function requireLines({ code, output }: Shown, lines: readonly Line[]): void {
  if (code !== 0) throw new CheckError(`the command ended with exit code ${code}`);
  const shown = output.split("\n");
  const missing = lines.filter(({ pattern }) => !shown.some((text) => pattern.test(text)));
  if (missing.length > 0)
    throw new CheckError(`not in the output above:\n${missing.map(({ text }) => `  ${text}`).join("\n")}`);
}

/** Fails when the output has a line of a kind beyond those that are expected. */
export function forbidOthers({ output }: Shown, kind: RegExp, lines: readonly Line[]): void {
  const others = output
    .split("\n")
    .filter((text) => kind.test(text) && !lines.some(({ pattern }) => pattern.test(text)));
  if (others.length > 0) throw new CheckError(`not expected in the output above:\n${others.join("\n")}`);
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
