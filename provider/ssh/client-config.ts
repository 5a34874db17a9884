import { ConfigError } from "./config-error";
import { type ConfigFile, configFiles, includedFiles, linesOf, withLine } from "./config-files";
import { keywordOf } from "./config-keywords";
import type { ConfigLine } from "./config-line";
import { type Criteria, matchHolds } from "./config-match";
import { canonicalAddress, expandTokens, expandTokensAndVariables, type Named, tokensOf } from "./config-tokens";
import { matchesAny } from "./patterns";

/** The arguments that ssh would get. */
export interface Asked {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** The settings of one host (ssh_config(5)) by keyword in lower case: the first value of each, and every IdentityFile. */
export type HostConfig = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the files as ssh does: the first value counts, and a file that asks for a final pass gets one. Throws a ConfigError for a
 * setting of this host that cannot be followed.
 */
export function readClientConfig(asked: Asked, files: readonly ConfigFile[] = configFiles()): HostConfig {
  const reading = new Reading(asked);
  reading.files(files);
  if (!reading.wantsFinal) return reading.followed();
  const final = new Reading({ ...asked, host: canonicalAddress(reading.hostName) }, reading);
  final.files(files);
  return final.followed();
}

/** Keywords whose value is the rest of the line, as it stands. */
const wholeLine = ["proxyjump", "proxycommand", "knownhostscommand", "refuseconnection"];
/** Keywords for which ssh takes `none` as not set. */
const unset = ["connecttimeout", "serveraliveinterval"];
/** Keywords that have a list of values. */
const lists = ["userknownhostsfile", "globalknownhostsfile"];

class Reading {
  readonly #values: Map<string, readonly string[]>;
  readonly #asked: Asked;
  readonly #original: Asked;
  readonly #isFinal: boolean;
  wantsFinal = false;

  constructor(asked: Asked, first?: Reading) {
    this.#asked = asked;
    this.#original = first ? first.#asked : asked;
    this.#isFinal = first !== undefined;
    this.#values = new Map(first ? first.#values : []);
    // The final pass keeps the address of the first pass.
    if (first) this.#values.set("hostname", [asked.host.replaceAll("%", "%%")]);
  }

  /** The values; throws where one of them is refused. */
  followed(): HostConfig {
    for (const [keyword, [value = ""]] of this.#values) {
      const { decision, spelling } = keywordOf(keyword) ?? {};
      if (decision?.is === "refused" && !decision.unless.includes(value.toLowerCase()))
        throw new ConfigError(
          `the SSH client's configuration has ${spelling} for it (${value}), which is not supported: ${decision.instead}`,
        );
    }
    return this.#values;
  }

  /** The address that is known so far. */
  get hostName(): string {
    const [name] = this.#values.get("hostname") ?? [];
    return name === undefined ? this.#asked.host : expandTokens(name, { h: this.#original.host });
  }

  files(files: readonly ConfigFile[]): void {
    for (const file of files) this.#file(file, 0, true);
  }

  /** A file that is included in an inactive block is read too: it may ask for a final pass. */
  #file(file: ConfigFile, depth: number, counts: boolean): void {
    if (depth > 16) throw new ConfigError("it includes itself, or others more than 16 deep", file.path);
    let isActive = counts;
    for (const line of linesOf(file))
      withLine(line.where, () => {
        const { keyword, words } = line;
        if (keyword === "host") isActive = counts && matchesAny(words, this.#asked.host);
        else if (keyword === "match") isActive = this.#matches(words, counts);
        else if (keyword === "include") {
          const included = words.flatMap((word) => includedFiles(this.#includeName(word), file));
          for (const each of included) this.#file(each, depth + 1, isActive);
        } else if (isActive) this.#keep(line);
      });
  }

  #includeName(word: string): string {
    return /%|\$\{/.test(word) ? expandTokensAndVariables(word, tokensOf(this.#named)) : word;
  }

  #keep({ keyword: name, written, words, rest }: ConfigLine): void {
    const found = keywordOf(name);
    if (!found) {
      if (matchesAny((this.#values.get("ignoreunknown")?.[0] ?? "").toLowerCase().split(","), name)) return;
      throw new ConfigError(
        `${written} is not known here, and may be about safety: remove it, or name it in IgnoreUnknown before it`,
      );
    }
    const { id: keyword, spelling, decision } = found;
    if (decision.is === "harmless") return;
    const values = wholeLine.includes(keyword) ? [rest] : words;
    const [value, ...more] = values;
    if (!value) throw new ConfigError(`${spelling} has no value`);
    if (more.length > 0 && !lists.includes(keyword))
      throw new ConfigError(`${spelling} has more than one value: ${rest}`);
    if (unset.includes(keyword) && value === "none") return;
    // As in ssh: the first of the two counts, except for a ProxyJump of `none`.
    if (keyword === "proxyjump" && this.#values.has("proxycommand")) return;
    if (keyword === "proxycommand" && this.#jump !== undefined) return;
    const known = this.#values.get(keyword);
    if (!known) this.#values.set(keyword, values);
    else if (keyword === "identityfile" && !known.includes(value)) this.#values.set(keyword, [...known, value]);
  }

  #matches(words: readonly string[], counts: boolean): boolean {
    const tag = this.#values.get("tag")?.[0];
    const criteria: Criteria = { ...this.#named, tag: tag ?? "", isFinal: this.#isFinal };
    const { matches, wantsFinal } = matchHolds(words, criteria, counts);
    this.wantsFinal ||= wantsFinal;
    return matches;
  }

  get #named(): Named {
    const first = (keyword: string) => this.#values.get(keyword)?.[0];
    return {
      host: this.hostName,
      original: this.#original.host,
      user: this.#asked.user ?? first("user") ?? "root",
      port: String(this.#asked.port ?? first("port") ?? 22),
      // In these lines ssh takes the address that is known so far; elsewhere the name that was given.
      alias: first("hostkeyalias") ?? this.hostName,
      jump: this.#jump,
    };
  }

  get #jump(): string | undefined {
    const [jump = "none"] = this.#values.get("proxyjump") ?? [];
    return jump.toLowerCase() === "none" ? undefined : jump;
  }
}
