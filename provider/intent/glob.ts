import { type Bytes, bytesOf, fromWire, show } from "../model/bytes";
import { jailPathProblem } from "../model/path";

/**
 * Globs over paths inside the jail, byte by byte: `*`, `?` and `[…]` stay within a component and match dotfiles too,
 * `**` as a whole component matches any number of them, and `a/**` is everything below `a`, not `a`. `\` takes the next
 * character as it is.
 */
export interface Glob {
  readonly source: string;
  /** The one path that it names, when it has no wildcard. */
  readonly literal?: Bytes;
  matches(path: Bytes): boolean;
}

/** Why a text is not a glob, or undefined when it is one. */
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
  const { pattern, literal } = compiled;
  return literal === undefined
    ? { source, matches: (path) => path !== "." && pattern.test(path) } // A wildcard stands for names; the root has none.
    : { source, literal, matches: (path) => path === literal };
}

type Translation = { pattern: RegExp; literal: Bytes | undefined } | { problem: string };

function translate(source: string): Translation {
  const components = bytesOf(source).split("/");
  let pattern = "^";
  let literal: string[] | undefined = [];
  if (source === ".") return { pattern: /^\.$/, literal: source as Bytes };
  for (const [index, component] of components.entries()) {
    const last = index === components.length - 1;
    if (component === "**") {
      pattern += last ? ".+" : "(?:.*/)?";
      literal = undefined;
      continue;
    }
    const part = translateComponent(component);
    if ("problem" in part) return part;
    pattern += part.pattern + (last ? "" : "/");
    if (part.literal === undefined) literal = undefined;
    literal?.push(part.literal ?? "");
  }
  return { pattern: new RegExp(`${pattern}$`, "s"), literal: literal?.join("/") as Bytes | undefined };
}

function translateComponent(component: string): { pattern: string; literal: string | undefined } | { problem: string } {
  let pattern = "";
  let literal: string | undefined = "";
  for (let at = 0; at < component.length; at++) {
    const byte = component.charAt(at);
    if (byte === "\\") {
      const next = component.charAt(++at);
      if (next === "") return { problem: 'ends in "\\": write "\\\\" for a backslash' };
      pattern += escapeRegExp(next);
      if (literal !== undefined) literal += next;
    } else if (byte === "*") {
      if (component.charAt(at + 1) === "*") return { problem: '"**" has to be a component of its own, as in "a/**"' };
      pattern += "[^/]*";
      literal = undefined;
    } else if (byte === "?") {
      pattern += "[^/]";
      literal = undefined;
    } else if (byte === "[") {
      // A "]" right behind the opening (or the negation) is a member, as in sh.
      const set = /^\[([!^]?)(\]?[^\]]+|\])\]/.exec(component.slice(at));
      if (!set || /^\[[!^]\]$/.test(set[0])) return { problem: '"[" without "]": write "\\[" for a bracket' };
      const [whole, negated = "", members = ""] = set;
      if (members.startsWith("[:"))
        return { problem: `"${show(fromWire(members))}]" is not known: write the characters, as in "[A-Za-z]"` };
      const source = `(?!/)[${negated ? "^" : ""}${members.replace(/[\]\\[^]/g, "\\$&")}]`;
      if (!isValid(source)) return { problem: `"${show(fromWire(whole))}" is not a set of characters` };
      pattern += source;
      literal = undefined;
      at += whole.length - 1;
    } else {
      pattern += escapeRegExp(byte);
      if (literal !== undefined) literal += byte;
    }
  }
  if (literal === "." || literal === "..")
    return { problem: `"${show(fromWire(component))}" stands for "${literal}", which leaves the path` };
  return { pattern, literal };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function isValid(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false; // a range out of order, such as [z-a]
  }
}
