import { byRank, type Ranked } from "../rank";
import { anyName, anyNumber, type Component, matchesName } from "./glob";

/** A glob's progress at one directory. */
interface Position {
  readonly of: Ranked;
  readonly id: number;
  /** The component that the next name has to match, or "any number" of names. */
  readonly component: Component | typeof anyNumber;
  /** The fixed first and last bytes of a matching name: they rule out nearly all other names. */
  readonly begin: string;
  readonly end: string;
  /** Whether the glob can end with this component. */
  readonly isLast: boolean;
  /** The positions below a name that matches the component. */
  readonly next: readonly Position[];
}

/** Returns the same array for the same claims. */
export type ListOf = (found: readonly Ranked[]) => readonly Ranked[];

/** The most places to remember. A jail has some dozens; a user who names directories after the globs can make one for each. */
const mostPlaces = 2000;

/**
 * Finds the place of each path's directory. All globs together are one automaton down the tree, which makes a place when a path
 * first reaches it.
 */
export function globAutomaton(globs: readonly Ranked[], listOf: ListOf): (path: string) => State {
  const made = new Map<string, State>();
  const known = new Map<string, State>();
  const placeWith = (states: readonly Position[]): State => {
    const key = keyOf(states);
    const place = made.get(key) ?? new State(states, placeWith, listOf);
    if (made.size > mostPlaces) {
      made.clear();
      known.clear();
    }
    made.set(key, place);
    return place;
  };
  let id = 0;
  const top = placeWith(globs.flatMap((glob) => start(glob, () => id++)));
  const at = (directory: string): State => {
    const place = known.get(directory) ?? above(directory).below(nameOf(directory));
    known.set(directory, place);
    return place;
  };
  let last = { directory: "", place: top };
  const above = (path: string): State => {
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

/** After this many names it pays to sort a place's globs by their fixed ends. */
const fewNames = 8;

/** All globs at one directory, each with its progress. */
export class State {
  /** The positions that match any name, and the others. */
  readonly #any: readonly Position[];
  readonly #named: readonly Position[];
  readonly #placeWith: (states: readonly Position[]) => State;
  readonly #listOf: ListOf;
  #names = 0;
  /** The others, by the length of the fixed end, and by the end itself. */
  #byEnd: Map<number, Map<string, Position[]>> | undefined;
  #endings: Map<string, readonly Ranked[]> | undefined;
  /** The place below a name that matches none of the others, as most do not; it may be this one again. */
  #below: State | undefined;

  constructor(states: readonly Position[], placeWith: (states: readonly Position[]) => State, listOf: ListOf) {
    this.#placeWith = placeWith;
    this.#listOf = listOf;
    this.#any = states.filter(isAny);
    this.#named = states.filter((state) => !isAny(state));
  }

  /** The claims of globs that a name in this directory completes. */
  ending(name: string): readonly Ranked[] {
    const like = this.#like(name);
    const key = keyOf(like);
    const known = this.#endings?.get(key) ?? this.#listOf(unique([...like, ...this.#any]));
    this.#endings ??= new Map();
    this.#endings.set(key, known);
    return known;
  }

  below(name: string): State {
    const like = this.#like(name);
    if (like.length > 0) return this.#after(like);
    this.#below ??= this.#after([]);
    return this.#below;
  }

  #after(like: readonly Position[]): State {
    const states = new Set([...this.#any, ...like].flatMap(after));
    // A fixed order, so that different ways to the same positions give one place.
    return this.#placeWith([...states].sort((one, other) => one.id - other.id));
  }

  #like(name: string): readonly Position[] {
    if (this.#names++ < fewNames) return this.#named.filter((state) => isLike(state, name));
    this.#byEnd ??= byEnd(this.#named);
    const found: Position[] = [];
    for (const [length, ends] of this.#byEnd) {
      const end = length === 0 ? "" : name.slice(-length);
      for (const state of ends.get(end) ?? nowhere) if (isLike(state, name)) found.push(state);
    }
    return found;
  }
}

const nowhere: readonly Position[] = [];

function isAny({ component }: Position): boolean {
  return component === anyNumber || component === anyName;
}

function isLike({ component, begin, end }: Position, name: string): boolean {
  return name.startsWith(begin) && name.endsWith(end) && matchesName(component as Component, name);
}

function byEnd(states: readonly Position[]): Map<number, Map<string, Position[]>> {
  const sorted = new Map<number, Map<string, Position[]>>();
  for (const state of states) {
    const ends = sorted.get(state.end.length) ?? new Map<string, Position[]>();
    sorted.set(state.end.length, ends);
    const same = ends.get(state.end);
    if (same) same.push(state);
    else ends.set(state.end, [state]);
  }
  return sorted;
}

function keyOf(states: readonly Position[]): string {
  return states.length === 0 ? "" : states.map(({ id }) => id).join();
}

/** The positions of a glob below a name that it matches. */
function after(state: Position): readonly Position[] {
  return state.component === anyNumber ? [state, ...state.next] : state.next;
}

/** The claims of completed globs, each once and in their order. */
function unique(states: readonly Position[]): Ranked[] {
  return [...new Set(states.filter(({ isLast }) => isLast).map(({ of }) => of))].sort(byRank);
}

/** The positions of a glob at the top; the last component's position is made first. An "any number" may match no name too. */
function start(of: Ranked, nextId: () => number): readonly Position[] {
  let next: readonly Position[] = [];
  let isLast = true;
  for (const component of [...of.claim.match.components].reverse()) {
    const state: Position = { of, id: nextId(), component, ...fixed(component), isLast, next };
    next = component === anyNumber ? [state, ...next] : [state];
    isLast &&= component === anyNumber;
  }
  return next;
}

/** The fixed first and last bytes of all names that match a component. */
function fixed(component: Position["component"]): { begin: string; end: string } {
  if (component === anyNumber) return { begin: "", end: "" };
  if (typeof component === "string") return { begin: component, end: component };
  const isWild = (part: (typeof component)[number]) => typeof part !== "string";
  const text = (parts: typeof component) => parts.join("");
  return {
    begin: text(component.slice(0, component.findIndex(isWild))),
    end: text(component.slice(component.findLastIndex(isWild) + 1)),
  };
}
