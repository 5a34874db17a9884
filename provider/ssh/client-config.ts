import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import SSHConfig, { LineType } from "ssh-config";
import { messageOf } from "../errors";
import { type Criteria, isMatch } from "./config-match";
import { matchesAny, wildcard } from "./patterns";

/** What ssh would be called with. */
export interface Asked {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** What ssh_config(5) says of one host, by keyword in lower case: the first value that was found; of IdentityFile all. */
export type HostConfig = ReadonlyMap<string, readonly string[]>;

/** A client configuration that cannot be followed, in words. */
export class ConfigError extends Error {}

/** The files that ssh reads, in their order; what is relative in them is relative to their directory. */
export function configFiles(): string[] {
  return [join(homedir(), ".ssh", "config"), "/etc/ssh/ssh_config"];
}

/** Reads the files as ssh does: the first value counts, and a second time where one asks for a final pass. */
export function hostConfig(asked: Asked, files = configFiles()): HostConfig {
  const reading = new Reading(asked);
  reading.files(files);
  if (!reading.wantsFinal) return reading.values;
  const final = new Reading({ ...asked, host: reading.hostName }, reading);
  final.files(files);
  return final.values;
}

type Lines = ReturnType<typeof SSHConfig.parse>;

class Reading {
  readonly values: Map<string, readonly string[]>;
  readonly #asked: Asked;
  readonly #original: Asked;
  readonly #isFinal: boolean;
  wantsFinal = false;

  constructor(asked: Asked, first?: Reading) {
    this.#asked = asked;
    this.#original = first ? first.#asked : asked;
    this.#isFinal = first !== undefined;
    this.values = new Map(first?.values);
    // The address is settled then, as that of the first pass.
    if (first) this.values.set("hostname", [asked.host]);
  }

  /** The address that is known so far. */
  get hostName(): string {
    const [name] = this.values.get("hostname") ?? [];
    return (name ?? this.#asked.host).replaceAll("%h", this.#original.host).replaceAll("%%", "%");
  }

  files(files: readonly string[]): void {
    for (const file of files) this.#file(file, 0, file.startsWith(homedir()));
  }

  #file(path: string, depth: number, isOwn: boolean): void {
    const text = readIfThere(path, isOwn);
    if (text === undefined) return;
    if (depth > 16) throw new ConfigError(`${path} includes itself, or others more than 16 deep`);
    this.#lines(SSHConfig.parse(text), path, depth, isOwn);
  }

  #lines(lines: Lines, path: string, depth: number, isOwn: boolean): void {
    for (const line of lines) {
      if (line.type !== LineType.DIRECTIVE) continue;
      const keyword = line.param.toLowerCase();
      if (!/^[a-z0-9]+$/.test(keyword) || line.value.length === 0)
        throw new ConfigError(`${path} has a line that is none of ssh_config: ${line.param.trim()}`);
      const words = wordsOf(keyword, line.value);
      if ("config" in line) {
        if (keyword === "host" ? matchesAny(words, this.#asked.host) : this.#matches(words, path))
          this.#lines(line.config as Lines, path, depth, isOwn);
      } else if (keyword === "include") {
        for (const file of words.flatMap((word) => included(word, dirname(path)))) this.#file(file, depth + 1, isOwn);
      } else this.#keep(keyword, words);
    }
  }

  #keep(keyword: string, words: readonly string[]): void {
    const known = this.values.get(keyword);
    if (!known) this.values.set(keyword, words);
    else if (keyword === "identityfile" && !known.includes(words[0] ?? ""))
      this.values.set(keyword, [...known, ...words]);
  }

  #matches(words: readonly string[], path: string): boolean {
    const [user = this.#asked.user ?? "root"] = this.values.get("user") ?? [];
    const [port] = this.values.get("port") ?? [];
    const criteria: Criteria = {
      host: this.hostName,
      original: this.#original.host,
      user: this.#asked.user ?? user,
      port: String(this.#asked.port ?? port ?? 22),
      isFinal: this.#isFinal,
    };
    try {
      const { matches, wantsFinal } = isMatch(words, criteria);
      this.wantsFinal ||= wantsFinal;
      return matches;
    } catch (error) {
      throw new ConfigError(`${path}: ${messageOf(error)}`);
    }
  }
}

function wordsOf(keyword: string, value: string | readonly { readonly val: string }[]): string[] {
  const whole = typeof value === "string" ? [value] : value.map(({ val }) => val);
  // The parser takes one word for granted there.
  const words = keyword === "include" ? whole.flatMap((text) => text.match(/"[^"]*"|\S+/g) ?? []) : whole;
  return words.map((word) => word.replace(/^'(.*)'$/, "$1").replace(/^"(.*)"$/, "$1"));
}

/** What others may write in could say who a host is: as ssh, none of the user's own files counts then. */
function readIfThere(path: string, isOwn: boolean): string | undefined {
  try {
    const { uid, mode } = statSync(path);
    if (isOwn && ((uid !== 0 && uid !== process.getuid?.()) || (mode & 0o022) !== 0))
      throw new ConfigError(`${path} belongs to somebody else, or others may write in it: chown it, and chmod go-w`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw new ConfigError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** The files that an Include means: patterns in every part of the path, sorted as glob(7) sorts. */
function included(word: string, base: string): string[] {
  const path = resolve(base, word.replace(/^~(?=\/)/, homedir()));
  return path
    .split("/")
    .slice(1)
    .reduce<string[]>((found, part) => found.flatMap((above) => below(above, part)), ["/"]);
}

function below(directory: string, part: string): string[] {
  if (!/[*?]/.test(part)) return [join(directory, part)];
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith(".") && wildcard(part).test(name));
    return names.sort().map((name) => join(directory, name));
  } catch {
    return []; // As glob(7): a directory that is not there has no names.
  }
}
