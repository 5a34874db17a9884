import { ConfigError } from "./config-error";

/** One line of ssh_config(5): its keyword in lower case and as it stands, its words, and the text after the keyword as it stands. */
export interface ConfigLine {
  readonly keyword: string;
  readonly written: string;
  readonly words: readonly string[];
  readonly rest: string;
  /** `file:number` */
  readonly where: string;
}

/** Reads a line as OpenSSH does (readconf.c); undefined for a blank line and for a comment. */
export function parseLine(text: string, where: string): ConfigLine | undefined {
  const line = text.replace(/[ \t\r\n\f]+$/, "").replace(/^[ \t\r\n]+/, "");
  if (line === "" || line.startsWith("#")) return undefined;
  const [, quoted, plain, rest = ""] = /^(?:"([^"]*)"|([^ \t\r\n"=]+))(?![^ \t\r\n=])[ \t\r\n]*=?[ \t\r\n]*(.*)$/s.exec(
    line,
  ) ?? [undefined, undefined, undefined];
  const written = quoted ?? plain ?? "";
  if (!/^[a-z0-9]+$/i.test(written) || rest === "")
    throw new ConfigError(`is no line of ssh_config: ${line.split(/[ \t]/, 1)[0]}`);
  return { keyword: written.toLowerCase(), written, words: splitWords(rest), rest, where };
}

/** Words as argv_split() of OpenSSH makes them: quotes of both kinds, and `\"`, `\'`, `\\` and, outside of quotes, `\ `. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const [char = "", next = ""] = [text[at], text[at + 1]];
    if (quote === "" && (char === " " || char === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (word === undefined && char === "#") break;
    else if (char === "\\" && ((next !== "" && `"'\\`.includes(next)) || (quote === "" && next === " "))) {
      word = (word ?? "") + next;
      at++;
    } else if (quote === "" ? char === '"' || char === "'" : char === quote) {
      quote = quote === "" ? char : "";
      word ??= "";
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new ConfigError(`there is a quote that does not end: ${text}`);
  if (word !== undefined) words.push(word);
  return words;
}
