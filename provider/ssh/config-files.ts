import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "./config-error";
import { type ConfigLine, parseLine } from "./config-line";
import { expandHome } from "./config-tokens";
import { readLocalFile } from "./local-file";

/** A file of the SSH client's configuration. */
export interface ConfigFile {
  readonly path: string;
  /** The folder of relative names in its Includes, and in theirs: `~/.ssh`, or `/etc/ssh`. */
  readonly folder: string;
  /** Refused where other users may write in it: the user's own file, and every included one. */
  readonly isChecked: boolean;
}

/** The files that ssh reads, in their order. */
export function configFiles(): ConfigFile[] {
  const own = join(homedir(), ".ssh");
  return [
    { path: join(own, "config"), folder: own, isChecked: true },
    { path: "/etc/ssh/ssh_config", folder: "/etc/ssh", isChecked: false },
  ];
}

/** Runs work on a line, and adds the line's place to a mistake in it. */
export function withLine<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ConfigError ? error.at(where) : error;
  }
}

/** The lines of a file; none where it is absent. */
export function linesOf({ path, isChecked }: ConfigFile): ConfigLine[] {
  const file = readLocalFile(path);
  if (file === undefined) return [];
  if ("why" in file) throw new ConfigError(`it ${file.why}`, path);
  const { uid, mode } = file.stat;
  if (isChecked && ((uid !== 0 && uid !== process.getuid?.()) || (mode & 0o022) !== 0))
    throw new ConfigError("it belongs to another user, or other users may write in it: chown it, and chmod go-w", path);
  return file.text
    .split("\n")
    .flatMap((line, index) => withLine(`${path}:${index + 1}`, () => parseLine(line, `${path}:${index + 1}`)) ?? []);
}

/** The files that one word of an Include means. */
export function includedFiles(word: string, { folder }: ConfigFile): ConfigFile[] {
  const pattern = /^[~/]/.test(word) ? expandHome(word) : `${folder}/${word}`;
  return glob(pattern).map((path) => ({ path, folder, isChecked: true }));
}

/** The names that a pattern means, as glob(7) has it, sorted by their bytes. */
function glob(pattern: string): string[] {
  const parts = pattern.split("/").filter((part) => part !== "");
  return parts.reduce<string[]>((found, part) => found.flatMap((above) => below(above, part)), ["/"]);
}

function below(directory: string, part: string): string[] {
  if (!/[*?[]/.test(part)) return [join(directory, part.replace(/\\(.)/g, "$1"))];
  const pattern = componentPattern(part);
  try {
    const names = readdirSync(directory).filter((name) => pattern.test(name));
    return names.sort().map((name) => join(directory, name));
  } catch {
    return []; // As in glob(7): a missing directory has no names.
  }
}

/** One component of a pattern: `*`, `?`, `[…]` and `\`; only a dot matches a leading dot. */
function componentPattern(part: string): RegExp {
  const tokens = part.match(/\\.|\[[!^]?\]?(?:\[:\w+:\]|[^\]])*\]|./gsu) ?? [];
  const source = tokens.map((token) => {
    if (token === "*") return ".*";
    if (token === "?") return ".";
    if (token.length > 2 && token.startsWith("[")) return bracketSource(token.slice(1, -1));
    return (token.length > 1 && token.startsWith("\\") ? token.slice(1) : token).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${/^[*?[]/.test(part) ? "(?!\\.)" : ""}${source.join("")}$`, "su");
}

const classes: Readonly<Record<string, string>> = {
  alnum: "a-zA-Z0-9",
  alpha: "a-zA-Z",
  digit: "0-9",
  lower: "a-z",
  upper: "A-Z",
  xdigit: "0-9a-fA-F",
};

function bracketSource(inner: string): string {
  const isNegated = /^[!^]/.test(inner);
  const members = (isNegated ? inner.slice(1) : inner).match(/\[:\w+:\]|\\.|./gsu) ?? [];
  const source = members.map((member, at) => {
    const name = /^\[:(\w+):\]$/.exec(member)?.[1];
    if (name !== undefined) return classes[name] ?? "";
    if (member === "-" && at > 0 && at < members.length - 1) return "-";
    const char = member.length > 1 && member.startsWith("\\") ? member.slice(1) : member;
    return char.replace(/[\\\]^[-]/g, "\\$&");
  });
  return `[${isNegated ? "^" : ""}${source.join("")}]`;
}
