import { anyName, anyNumber, type Component, matchesName } from "./glob";
import { byIndex, type Ranked } from "./rank";

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

/** The one array for some claims. */
export type ListOf = (found: readonly Ranked[]) => readonly Ranked[];

/** Places that are remembered. A jail has some dozens; who names directories after the globs can make one for each. */
const mostPlaces = 2000;

/**
 * The place that each path's directory is: all globs together are one automaton down the tree, whose places are made when a
 * path first comes there.
 */
export function places(globs: readonly Ranked[], listOf: ListOf): (path: string) => Place {
  const made = new Map<string, Place>();
  const known = new Map<string, Place>();
  const placeWith = (states: readonly State[]): Place => {
    const key = keyOf(states);
    const place = made.get(key) ?? new Place(states, placeWith, listOf);
    if (made.size > mostPlaces) {
      made.clear();
      known.clear();
    }
    made.set(key, place);
    return place;
  };
  let id = 0;
  const top = placeWith(globs.flatMap((glob) => start(glob, () => id++)));
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

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Names after which it pays to sort a place's globs by what they end with. */
const fewNames = 8;

/** All globs at a directory: how far each has come there. */
export class Place {
  /** Those that are like any name, and the others. */
  readonly #any: readonly State[];
  readonly #named: readonly State[];
  readonly #placeWith: (states: readonly State[]) => Place;
  readonly #listOf: ListOf;
  #names = 0;
  /** The others, by the length of what a name has to end with, and by that. */
  #byEnd: Map<number, Map<string, State[]>> | undefined;
  #endings: Map<string, readonly Ranked[]> | undefined;
  /** Where a name leads that none of the others is like, as most are; it may be here again. */
  #below: Place | undefined;

  constructor(states: readonly State[], placeWith: (states: readonly State[]) => Place, listOf: ListOf) {
    this.#placeWith = placeWith;
    this.#listOf = listOf;
    this.#any = states.filter(isAny);
    this.#named = states.filter((state) => !isAny(state));
  }

  /** The claims of globs that a name in this directory brings to their end. */
  ending(name: string): readonly Ranked[] {
    const like = this.#like(name);
    const key = keyOf(like);
    const known = this.#endings?.get(key) ?? this.#listOf(unique([...like, ...this.#any]));
    this.#endings ??= new Map();
    this.#endings.set(key, known);
    return known;
  }

  below(name: string): Place {
    const like = this.#like(name);
    if (like.length > 0) return this.#after(like);
    this.#below ??= this.#after([]);
    return this.#below;
  }

  #after(like: readonly State[]): Place {
    const states = new Set([...this.#any, ...like].flatMap(after));
    // In one order, however a glob has got there.
    return this.#placeWith([...states].sort((one, other) => one.id - other.id));
  }

  #like(name: string): readonly State[] {
    if (this.#names++ < fewNames) return this.#named.filter((state) => isLike(state, name));
    this.#byEnd ??= byEnd(this.#named);
    const found: State[] = [];
    for (const [length, ends] of this.#byEnd) {
      const end = length === 0 ? "" : name.slice(-length);
      for (const state of ends.get(end) ?? nowhere) if (isLike(state, name)) found.push(state);
    }
    return found;
  }
}

const nowhere: readonly State[] = [];

function isAny({ component }: State): boolean {
  return component === anyNumber || component === anyName;
}

function isLike({ component, begin, end }: State, name: string): boolean {
  return name.startsWith(begin) && name.endsWith(end) && matchesName(component as Component, name);
}

function byEnd(states: readonly State[]): Map<number, Map<string, State[]>> {
  const sorted = new Map<number, Map<string, State[]>>();
  for (const state of states) {
    const ends = sorted.get(state.end.length) ?? new Map<string, State[]>();
    sorted.set(state.end.length, ends);
    const same = ends.get(state.end);
    if (same) same.push(state);
    else ends.set(state.end, [state]);
  }
  return sorted;
}

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
