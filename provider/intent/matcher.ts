import type { Bytes } from "../model/bytes";
import { anyName, anyNumber, type Component, matchesName } from "./glob";
import type { Ranked } from "./rank";

/** A glob on its way down a tree. */
interface State {
  readonly of: Ranked;
  readonly id: number;
  /** What the next name has to be like, or "any number" of names. */
  readonly component: Component | typeof anyNumber;
  /** Bytes that the name has to begin and to end with: by them nearly all are told apart. */
  readonly begin: string;
  readonly end: string;
  /** Whether nothing is left to be met behind it. */
  readonly isLast: boolean;
  /** Where it may go on below a name that is like the component. */
  readonly next: readonly State[];
}

/**
 * Finds the claims that match a path, in their order; the same array for the same claims, most of the time. Hundreds of
 * rules meet hundreds of thousands of paths: a literal path is looked up, and all globs together are one automaton down
 * the tree, whose places are made when a path first comes there.
 */
export function matcher(ranked: readonly Ranked[]): (path: Bytes) => readonly Ranked[] {
  const literals = new Map<string, Ranked[]>();
  for (const one of ranked) {
    const { literal } = one.claim.match;
    if (literal !== undefined) literals.set(literal, [...(literals.get(literal) ?? []), one]);
  }
  const placeOf = places(ranked.filter(({ claim }) => claim.match.literal === undefined));
  const lists = new Map<string, readonly Ranked[]>();
  const excepting = new Set(ranked.filter(({ claim }) => claim.except.length > 0));
  const kept = (found: readonly Ranked[], path: Bytes): readonly Ranked[] => {
    if (excepting.size === 0 || !found.some((one) => excepting.has(one))) return found;
    const left = found.filter(({ claim }) => !claim.except.some((glob) => glob.matches(path)));
    return left.length === found.length ? found : oneOf(lists, left);
  };
  return (path) => {
    const found = path === "." ? none : placeOf(path).ending(nameOf(path));
    const literal = literals.get(path);
    return kept(literal === undefined ? found : oneOf(lists, [...literal, ...found].sort(byIndex)), path);
  };
}

const none: readonly Ranked[] = [];

function byIndex(one: Ranked, other: Ranked): number {
  return one.index - other.index;
}

function oneOf(lists: Map<string, readonly Ranked[]>, list: readonly Ranked[]): readonly Ranked[] {
  const key = list.map(({ index }) => index).join();
  const known = lists.get(key) ?? list;
  lists.set(key, known);
  return known;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The place that each path's directory is. */
function places(globs: readonly Ranked[]): (path: string) => Place {
  const made = new Map<string, Place>();
  const placeWith = (states: readonly State[]): Place => {
    const key = keyOf(states);
    const place = made.get(key) ?? new Place(states, placeWith);
    made.set(key, place);
    return place;
  };
  let id = 0;
  const top = placeWith(globs.flatMap((glob) => start(glob, () => id++)));
  const known = new Map<string, Place>();
  const at = (directory: string): Place => {
    const place = known.get(directory) ?? above(directory).below(nameOf(directory));
    known.set(directory, place);
    return place;
  };
  let last = { directory: "", place: top };
  const above = (path: string): Place => {
    const slash = path.lastIndexOf("/");
    if (slash === -1) return top;
    // Most paths follow one of the same directory.
    const { directory, place } = last;
    if (directory.length === slash && path.startsWith(directory)) return place;
    const next = path.slice(0, slash);
    last = { directory: next, place: at(next) };
    return last.place;
  };
  return above;
}

/** All globs at a directory: how far each has come there. */
class Place {
  /** Those that are like any name. */
  readonly #any: readonly State[];
  /** The others, by the length of what a name has to end with, and by that. */
  readonly #named = new Map<number, Map<string, State[]>>();
  readonly #endings = new Map<string, readonly Ranked[]>();
  readonly #below = new Map<string, Place>();
  readonly #placeWith: (states: readonly State[]) => Place;

  constructor(states: readonly State[], placeWith: (states: readonly State[]) => Place) {
    this.#placeWith = placeWith;
    this.#any = states.filter(({ component }) => component === anyNumber || component === anyName);
    for (const state of states) {
      const { end } = state;
      if (this.#any.includes(state)) continue;
      const ends = this.#named.get(end.length) ?? new Map<string, State[]>();
      this.#named.set(end.length, ends.set(end, [...(ends.get(end) ?? []), state]));
    }
  }

  /** The claims of globs that a name in this directory brings to their end. */
  ending(name: string): readonly Ranked[] {
    const like = this.#like(name);
    const key = keyOf(like);
    const known = this.#endings.get(key) ?? unique([...like, ...this.#any]);
    this.#endings.set(key, known);
    return known;
  }

  below(name: string): Place {
    const like = this.#like(name);
    const key = keyOf(like);
    const known = this.#below.get(key) ?? this.#placeWith([...new Set([...this.#any, ...like].flatMap(after))]);
    this.#below.set(key, known);
    return known;
  }

  #like(name: string): readonly State[] {
    const found: State[] = [];
    for (const [length, ends] of this.#named) {
      const end = length === 0 ? "" : name.slice(-length);
      for (const state of ends.get(end) ?? nowhere)
        if (name.startsWith(state.begin) && matchesName(state.component as Component, name)) found.push(state);
    }
    return found;
  }
}

const nowhere: readonly State[] = [];

function keyOf(states: readonly State[]): string {
  return states.length === 0 ? "" : states.map(({ id }) => id).join();
}

/** Where a glob may be below a name that it is like. */
function after(state: State): readonly State[] {
  return state.component === anyNumber ? [state, ...state.next] : state.next;
}

/** The claims of globs that have come to their end, each once and in their order. */
function unique(states: readonly State[]): Ranked[] {
  return [...new Set(states.filter(({ isLast }) => isLast).map(({ of }) => of))].sort(byIndex);
}

/** The states of a glob at the top, those behind it made before it. An "any number" may be of none too. */
function start(of: Ranked, nextId: () => number): readonly State[] {
  let next: readonly State[] = [];
  let isLast = true;
  for (const component of [...of.claim.match.components].reverse()) {
    const state: State = { of, id: nextId(), component, ...fixed(component), isLast, next };
    next = component === anyNumber ? [state, ...next] : [state];
    isLast &&= component === anyNumber;
  }
  return next;
}

/** What all names that are like a component begin and end with. */
function fixed(component: State["component"]): { begin: string; end: string } {
  if (component === anyNumber) return { begin: "", end: "" };
  if (typeof component === "string") return { begin: component, end: component };
  const isWild = (part: (typeof component)[number]) => typeof part !== "string";
  const text = (parts: typeof component) => parts.join("");
  return {
    begin: text(component.slice(0, component.findIndex(isWild))),
    end: text(component.slice(component.findLastIndex(isWild) + 1)),
  };
}
