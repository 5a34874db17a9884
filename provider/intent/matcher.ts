import type { Bytes } from "../model/bytes";
import { anyNumber, type Component, matchesName } from "./glob";
import type { Ranked } from "./rank";

/** A glob on its way down a tree. */
interface State {
  readonly of: Ranked;
  /** What the next name has to be like, or "any number" of names. */
  readonly component: Component | typeof anyNumber;
  /** Bytes that the name has to end with: by them most are told apart. */
  readonly end: string;
  /** Whether nothing is left to be met behind it. */
  readonly isLast: boolean;
  /** Where it may go on below a name that is like the component. */
  readonly next: readonly State[];
}

/**
 * Finds the claims that match a path, in their order. Hundreds of rules meet hundreds of thousands of paths: a literal path
 * is looked up, and what is left of a glob below a directory is found once for all that is in it.
 */
export function matcher(ranked: readonly Ranked[]): (path: Bytes) => readonly Ranked[] {
  const literals = new Map<string, Ranked[]>();
  for (const one of ranked) {
    const { literal } = one.claim.match;
    if (literal !== undefined) literals.set(literal, [...(literals.get(literal) ?? []), one]);
  }
  const globs = ranked.filter(({ claim }) => claim.match.literal === undefined);
  const known = new Map<string, readonly State[]>([["", globs.flatMap(start)]]);
  const below = (directory: string): readonly State[] => {
    const states = known.get(directory);
    if (states) return states;
    const [parent, name] = split(directory);
    const next = [...new Set(below(parent).flatMap((state) => step(state, name)))];
    known.set(directory, next);
    return next;
  };
  let last = { directory: "", states: below("") };
  return (path) => {
    const found = [...(literals.get(path) ?? [])];
    if (path !== ".") {
      const [directory, name] = split(path);
      // Most paths follow one of the same directory.
      if (directory !== last.directory) last = { directory, states: below(directory) };
      for (const state of last.states) if (ends(state, name) && found.at(-1) !== state.of) found.push(state.of);
    }
    const kept = found.filter(({ claim }) => !claim.except.some((glob) => glob.matches(path)));
    return kept.length > 1 ? kept.sort((a, b) => a.index - b.index) : kept;
  };
}

function split(path: string): [string, string] {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** The states of a glob at the top, those behind it made before it. An "any number" may be of none too. */
function start(of: Ranked): readonly State[] {
  let next: readonly State[] = [];
  let isLast = true;
  for (const component of [...of.claim.match.components].reverse()) {
    const state: State = { of, component, end: component === anyNumber ? "" : endOf(component), isLast, next };
    next = component === anyNumber ? [state, ...next] : [state];
    isLast &&= component === anyNumber;
  }
  return next;
}

function step(state: State, name: string): readonly State[] {
  const { component, end, next } = state;
  if (component === anyNumber) return [state, ...next];
  return name.endsWith(end) && matchesName(component, name) ? next : [];
}

/** Whether a name brings a glob to its end. */
function ends({ component, end, isLast }: State, name: string): boolean {
  if (!isLast) return false;
  return component === anyNumber || (name.endsWith(end) && matchesName(component, name));
}

function endOf(component: Component): string {
  if (typeof component === "string") return component;
  const wild = component.findLastIndex((part) => typeof part !== "string");
  return component.slice(wild + 1).join("");
}
