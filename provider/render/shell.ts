import { anyNumber, type Component, type Glob } from "../intent/glob/glob";
import { type Bytes, bytesOf, show, utf8Of } from "../model/bytes";

/** Declared names and globs as POSIX shell, for the permission script. */

/** Makes branches: commands for the paths that a glob matches, or for all others. */
export class ShellGlobs {
  /** Functions for the few globs that no single pattern of sh can say. */
  readonly functions: string[] = [];

  /** `body` for the paths that the glob matches. */
  matched(glob: Pick<Glob, "components" | "literal">, body: string): string {
    const branch = branchOf(glob);
    if (branch) return `case ${branch.subject} in ${branch.pattern}) ${body} ;; esac`;
    return `if ${this.#spans(glob)}; then ${body}; fi`;
  }

  /** `body` for the paths that it does not match. */
  unmatched(glob: Pick<Glob, "components" | "literal">, body: string): string {
    const branch = branchOf(glob);
    if (branch) return `case ${branch.subject} in ${branch.pattern}) ;; *) ${body} ;; esac`;
    return `if ! ${this.#spans(glob)}; then ${body}; fi`;
  }

  #spans({ components }: Pick<Glob, "components">): string {
    const name = `glob_${this.functions.length + 1}`;
    const parts = components.map((component, at) => (component === anyNumber ? "**" : String(at)));
    const patterns = components.flatMap((component, at) =>
      component === anyNumber ? [] : [`${at}/${componentPattern(component)}`],
    );
    this.functions.push(`${name}() { case $1/$2 in ${patterns.join(" | ")}) ;; *) return 1 ;; esac; }`);
    return `spans ${name} '${parts.join(" ")}'`;
  }
}

interface Branch {
  readonly subject: string;
  readonly pattern: string;
}

/**
 * A `*` of sh crosses "/". The script puts the number of names before the path, so the pattern's own slashes use up all slashes
 * of the path, and a wildcard can take none.
 */
function branchOf({ components, literal }: Pick<Glob, "components" | "literal">): Branch | undefined {
  if (literal !== undefined && components.every((component) => typeof component === "string"))
    return { subject: "$path", pattern: quote(literal) };
  const names = components.filter((component): component is Component => component !== anyNumber);
  if (names.length === components.length)
    return { subject: "$depth/$path", pattern: `${names.length}/${names.map(componentPattern).join("/")}` };
  const first = components.indexOf(anyNumber);
  const isEnd = first === components.length - 1;
  const wild = names.findIndex((component) => typeof component !== "string");
  // Only "any name" between the literal names at the beginning and the end.
  if (isEnd && wild >= 0 && names.slice(wild).every((component) => isAnyName(component))) {
    const prefix = names.slice(0, wild) as string[];
    if (prefix.length === 0 && names.length === 1) return { subject: "$depth", pattern: "[1-9]*" };
    const stars = names.slice(wild).map(() => "*");
    const above = prefix.length === 0 ? [] : [quote(prefix.join("/") as Bytes)];
    return { subject: "$path", pattern: [...above, ...stars].join("/") };
  }
  const [last] = names;
  if (first === 0 && components.length === 2 && last !== undefined)
    return { subject: `$depth/\${path##*/}`, pattern: `[1-9]*/${componentPattern(last)}` };
  return undefined;
}

function isAnyName(component: Component): boolean {
  return component.length === 1 && component[0] === anyNumber;
}

function componentPattern(component: Component): string {
  if (typeof component === "string") return quote(component as Bytes);
  const parts: string[] = [];
  let run = "";
  const flush = () => {
    if (run !== "") parts.push(quote(run as Bytes));
    run = "";
  };
  for (const part of component) {
    if (typeof part === "string") {
      run += part;
      continue;
    }
    flush();
    parts.push(part === anyNumber ? "*" : setPattern(part));
  }
  flush();
  return parts.join("");
}

/** Writes every byte of a set by itself: shells differ in ranges of bytes, and in the meaning of a backslash in a set. */
function setPattern(set: RegExp): string {
  const all = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)).filter((byte) => byte !== "/");
  const members = all.filter((byte) => set.test(byte));
  const [only] = members;
  if (members.length === 1 && only !== undefined) return quote(only as Bytes);
  if (members.length === all.length) return "?";
  const others = all.filter((byte) => !set.test(byte));
  const isNegated = members.length > others.length;
  return `[${isNegated ? "!" : ""}${bracket(isNegated ? others : members)}]`;
}

function bracket(bytes: readonly string[]): string {
  // A "]" first is a member, and so is a "-" first or last. BusyBox takes a first "^" for a negation, quoted or not.
  const order = ["]", undefined, "!", "^", "-"];
  const rank = (byte: string) => (order.includes(byte) ? order.indexOf(byte) : 1);
  const sorted = [...bytes].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  if (sorted[0] === "^") sorted.reverse();
  return sorted.map((byte) => (/[A-Za-z0-9_.]/.test(byte) ? byte : quote(byte as Bytes))).join("");
}

const safe = /^[A-Za-z0-9_.,:@%+=/-]+$/;

/** Bytes as one word of sh with printable characters only: each other byte is a variable of its own. */
export function quote(bytes: Bytes): string {
  if (safe.test(bytes)) return bytes;
  const words: string[] = [];
  let run = "";
  for (const character of characters(bytes)) {
    if (isDrawn(character)) {
      run += character;
      continue;
    }
    if (run !== "") words.push(inQuotes(run));
    run = "";
    words.push(...[...character].map((byte) => `"$${byteVariable(byte)}"`));
  }
  if (run !== "" || words.length === 0) words.push(inQuotes(run));
  return words.join("");
}

/** Splits into UTF-8 characters, each still in latin1, and single bytes where the text is not UTF-8. */
function characters(bytes: Bytes): string[] {
  const text = utf8Of(bytes);
  return bytesOf(text) === bytes ? [...text].map((character) => bytesOf(character)) : [...bytes];
}

function isDrawn(character: string): boolean {
  const shown = show(character as Bytes);
  return shown === "\\\\" || bytesOf(shown) === character;
}

function inQuotes(text: string): string {
  // Splits a colour code of the Pulumi CLI in two words, as the CLI would cut it out or panic.
  return `'${utf8Of(text).replaceAll("'", "'\\''").replaceAll("<{%", "<''{%")}'`;
}

function byteVariable(byte: string): string {
  return `byte_${octal(byte)}`;
}

function octal(byte: string): string {
  return byte.charCodeAt(0).toString(8).padStart(3, "0");
}

/** The variables that a text uses for unprintable bytes. */
export function byteVariables(text: string): string[] {
  const used = new Set([...text.matchAll(/"\$byte_([0-7]{3})"/g)].map(([, digits]) => digits));
  // A command substitution removes line breaks at the end.
  return [...used]
    .sort()
    .map((digits) => `byte_${digits}=$(printf '\\${digits}.') byte_${digits}=\${byte_${digits}%.}`);
}
