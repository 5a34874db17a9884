import { type Bytes, bytesOf, fromWire, show } from "../../model/bytes";
import { ancestors, jailPathProblem } from "../../model/path";

/**
 * Globs over paths inside the jail, byte by byte: `*`, `?` and `[…]` stay within a component and match dotfiles too, `**` as a
 * whole component matches any number of them, and `a/**` is everything below `a`, not `a`. `\` takes the next character as it is.
 */
export interface Glob {
  readonly source: string;
  /** The one path that it names, when it has no wildcard. */
  readonly literal?: Bytes;
  readonly components: Components;
  matches(path: Bytes): boolean;
}

/** Whether a directory is on the way to a match, as far as the glob fixes the names one by one. */
export function leadsTo({ components }: Glob, directory: Bytes): boolean {
  const names = directory.split("/");
  return (
    names.length < components.length &&
    names.every((name, at) => {
      const component = components[at];
      return component !== undefined && component !== anyNumber && matchesName(component, name);
    })
  );
}

/** Whether the glob may match a path, or a path below it. */
export function mayMatchWithin({ components }: Glob, path: Bytes): boolean {
  const names = path === "." ? [] : path.split("/");
  for (const [at, name] of names.entries()) {
    const component = components[at];
    if (component === undefined) return false;
    if (component === anyNumber) return true;
    if (!matchesName(component, name)) return false;
  }
  return components.length >= names.length;
}

/** The reason why a text is no glob, or undefined when it is one. */
export function globProblem(source: string): string | undefined {
  const problem = jailPathProblem(source);
  if (problem) return problem;
  const compiled = translate(source);
  return "problem" in compiled ? compiled.problem : undefined;
}

/** Compiles a glob that `globProblem` let pass. */
export function parseGlob(source: string): Glob {
  const problem = jailPathProblem(source);
  const compiled = problem === undefined ? translate(source) : { problem };
  if ("problem" in compiled) throw new Error(`glob "${source}": ${compiled.problem}`);
  const { components } = compiled;
  const wild = components.findIndex((component) => typeof component !== "string");
  const literal = (wild === -1 ? components : components.slice(0, wild)).join("/") as Bytes;
  if (wild === -1) return { source, components, literal, matches: (path) => path === literal };
  const above = wild === 0 ? "" : `${literal}/`;
  return {
    source,
    components,
    // A wildcard stands for names; the root has none.
    matches: (path) => path !== "." && path.startsWith(above) && matchesPath(components, path.split("/")),
  };
}

/** A path as the source of a glob. */
export function escapeGlob(path: string): string {
  return path.replace(/[\\*?[{]/g, "\\$&");
}

/** The glob that matches one path alone. */
export function literalGlob(path: string): Glob {
  return parseGlob(escapeGlob(path));
}

/** Any number of elements: of bytes in a name (`*`), of names in a path (`**`). */
export const anyNumber = Symbol("any number");

/** A component of a glob: a name, or a pattern of bytes and sets of bytes. */
export type Component = string | readonly (string | RegExp | typeof anyNumber)[];

/** Any name at all, as "*" is. */
export const anyName: Component = [anyNumber];
type Components = readonly (Component | typeof anyNumber)[];

function matchesPath(components: Components, names: readonly string[]): boolean {
  return matchesAll(components, names, matchesName);
}

/** Whether one name of a path matches one component. */
export function matchesName(component: Component, name: string): boolean {
  if (typeof component === "string") return component === name;
  return matchesAll(component, name, (byte, at) => (typeof byte === "string" ? byte === at : byte.test(at)));
}

/**
 * Whether a pattern covers a sequence. Backtracking returns to the last "any number" only: it can take all elements that an
 * earlier one could take. So the time is at most the product of the lengths, even for names that an attacker chooses.
 */
function matchesAll<T, P>(
  pattern: readonly (P | typeof anyNumber)[],
  sequence: ArrayLike<T>,
  fits: (part: P, element: T) => boolean,
): boolean {
  let [part, at, star, mark] = [0, 0, -1, 0];
  while (at < sequence.length) {
    const next = pattern[part];
    if (next === anyNumber) {
      star = part++;
      mark = at;
    } else if (part < pattern.length && fits(next as P, sequence[at] as T)) {
      part++;
      at++;
    } else if (star !== -1) {
      part = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[part] === anyNumber) part++;
  return part === pattern.length;
}

function translate(source: string): { components: Components } | { problem: string } {
  if (source === ".") return { components: [source] };
  const components: (Component | typeof anyNumber)[] = [];
  const names = bytesOf(source).split("/");
  for (const [index, name] of names.entries()) {
    if (name === "**") {
      // At the end `**` means everything below, and not the directory itself.
      if (index === names.length - 1) components.push(anyName);
      components.push(anyNumber);
      continue;
    }
    const component = translateName(name);
    if (typeof component === "object" && "problem" in component) return component;
    components.push(component);
  }
  return { components };
}

function translateName(name: string): Component | { problem: string } {
  if (name === "*") return anyName;
  const parts: (string | RegExp | typeof anyNumber)[] = [];
  for (let at = 0; at < name.length; at++) {
    const byte = name.charAt(at);
    if (byte === "\\") {
      const next = name.charAt(++at);
      if (next === "") return { problem: 'ends in "\\": write "\\\\" for a backslash' };
      parts.push(next);
    } else if (byte === "*") {
      if (name.charAt(at + 1) === "*") return { problem: '"**" has to be a component of its own, as in "a/**"' };
      parts.push(anyNumber);
    } else if (byte === "?") parts.push(/[^/]/);
    else if (byte === "{" && /^\{[^{}]*,[^{}]*\}/.test(name.slice(at)))
      return { problem: 'has braces, which mean nothing here: write a rule for each, or "\\{" for a brace' };
    else if (byte === "[") {
      const set = translateSet(name.slice(at));
      if ("problem" in set) return set;
      parts.push(set.pattern);
      at += set.length - 1;
    } else parts.push(byte);
  }
  if (parts.some((part) => typeof part !== "string")) return parts;
  const literal = parts.join("");
  if (literal === "." || literal === "..")
    return { problem: `"${show(fromWire(name))}" stands for "${literal}", which leaves the path` };
  return literal;
}

function translateSet(text: string): { pattern: RegExp; length: number } | { problem: string } {
  // A "]" right behind the opening (or the negation) is a member, as in sh.
  const set = /^\[([!^]?)(\]?[^\]]+|\])\]/.exec(text);
  if (!set || /^\[[!^]\]$/.test(set[0])) return { problem: '"[" without "]": write "\\[" for a bracket' };
  const [whole, negated = "", members = ""] = set;
  if (members.startsWith("[:"))
    return { problem: `"${show(fromWire(members))}]" is not known: write the characters, as in "[A-Za-z]"` };
  try {
    const pattern = new RegExp(`[${negated ? "^" : ""}${members.replace(/[\]\\[^]/g, "\\$&")}]`, "s");
    return { pattern, length: whole.length };
  } catch {
    // A range out of order, such as [z-a].
    return { problem: `"${show(fromWire(whole))}" is not a set of characters` };
  }
}

/** Globs of a map to reasons. */
export function globsOf(reasons: Readonly<Record<string, string>> | undefined): Glob[] {
  return Object.keys(reasons ?? {}).map(parseGlob);
}

/** Whether one of some globs matches a path or a directory above it. */
export function isAtOrBelow(path: Bytes, globs: readonly Glob[]): boolean {
  return globs.length > 0 && [...ancestors(path), path].some((part) => globs.some((glob) => glob.matches(part)));
}
