import type { Shown } from "./commands";

/** A step whose output misses a line or has one too many. */
export class CheckError extends Error {}

/** A required line of the output: `text` for the report when it is missing, `pattern` to find it. */
export interface Line {
  readonly text: string;
  readonly pattern: RegExp;
}

/** Requires a line with this text, whatever its indent. */
export function line(text: string): Line {
  return { text, pattern: new RegExp(`^\\s*${quote(text)}$`) };
}

/** Requires a line of a preview's log. Between its two parts it may say when the inode has changed. */
export function logLine(live: string, declared: string): Line {
  return {
    text: live + declared,
    pattern: new RegExp(`^\\s*${quote(live)}(?: \\(changed .* ago\\))?${quote(declared)}$`),
  };
}

/** Requires a line of a diff, `+ path: "text"`; the engine aligns the colons. */
export function driftLine(path: string, text: string): Line {
  const value = `"${text}"`;
  return { text: `+ ${path}: ${value}`, pattern: new RegExp(`^\\s*\\+ ${quote(path)}\\s*: ${quote(value)}$`) };
}

/** Fails unless the command succeeded and printed every line. */
export function requireLines({ code, output }: Shown, lines: readonly Line[]): void {
  if (code !== 0) throw new CheckError(`the command ended with exit code ${code}`);
  const shown = output.split("\n");
  const missing = lines.filter(({ pattern }) => !shown.some((text) => pattern.test(text)));
  if (missing.length > 0)
    throw new CheckError(`not in the output above:\n${missing.map(({ text }) => `  ${text}`).join("\n")}`);
}

/** Fails when the output has a line of this kind that is not among the expected ones. */
export function forbidOthers({ output }: Shown, kind: RegExp, lines: readonly Line[]): void {
  const others = output
    .split("\n")
    .filter((text) => kind.test(text) && !lines.some(({ pattern }) => pattern.test(text)));
  if (others.length > 0) throw new CheckError(`not expected in the output above:\n${others.join("\n")}`);
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
