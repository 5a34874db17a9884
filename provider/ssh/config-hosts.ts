import { realpathSync } from "node:fs";
import { ConfigError } from "./config-error";
import { type ConfigFile, configFiles, includedFiles, linesOf, withLine } from "./config-files";
import type { ConfigLine } from "./config-line";

/**
 * The names in the Host lines of a file of the SSH client's configuration and of its Includes, without patterns. Where a block gives its
 * names one HostName, they are one machine, and the first one counts. The file has to be one that ssh reads: a connection by such a
 * name takes everything else from there.
 */
export function configuredHosts(path: string, files: readonly ConfigFile[] = configFiles()): string[] {
  const reading = new Reading(realpathSync(path));
  for (const file of files) reading.file(file, 0, false);
  if (!reading.isFound)
    throw new ConfigError(`ssh does not read this file: write "Include ${path}" into ~/.ssh/config`, path);
  return [...new Set(reading.names)];
}

class Reading {
  readonly names: string[] = [];
  readonly #wanted: string;
  isFound = false;

  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  file(file: ConfigFile, depth: number, counts: boolean): void {
    if (depth > 16) throw new ConfigError("it includes itself, or others more than 16 deep", file.path);
    const isWanted = counts || this.#is(file.path);
    this.isFound ||= isWanted;
    const lines = linesOf(file);
    for (const [index, line] of lines.entries())
      withLine(line.where, () => {
        if (line.keyword === "host" && isWanted) this.names.push(...namesOf(line, blockAfter(lines, index)));
        // A name with a token depends on the host that is connected to.
        if (line.keyword === "include")
          for (const word of line.words.filter((one) => !/%|\$\{/.test(one)))
            for (const each of includedFiles(word, file)) this.file(each, depth + 1, isWanted);
      });
  }

  #is(path: string): boolean {
    try {
      return realpathSync(path) === this.#wanted;
    } catch {
      return false;
    }
  }
}

function blockAfter(lines: readonly ConfigLine[], index: number): readonly ConfigLine[] {
  const after = lines.slice(index + 1);
  const end = after.findIndex(({ keyword }) => keyword === "host" || keyword === "match");
  return end === -1 ? after : after.slice(0, end);
}

function namesOf({ words }: ConfigLine, block: readonly ConfigLine[]): readonly string[] {
  const names = words.filter((word) => !/[*?]|^!/.test(word));
  const isOneMachine = block.some(({ keyword, rest }) => keyword === "hostname" && !rest.includes("%h"));
  return isOneMachine ? names.slice(0, 1) : names;
}
