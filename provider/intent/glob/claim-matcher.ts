import type { Bytes } from "../../model/bytes";
import { byRank, type Ranked } from "../rank";
import { globAutomaton, type ListOf, nameOf } from "./automaton";

/**
 * Finds the claims that match a path, in their order: the same array for the same claims. Hundreds of rules meet hundreds of
 * thousands of paths: a map finds literal paths, and all globs together are one automaton down the tree, which makes a place when
 * a path first reaches it.
 */
export function claimMatcher(ranked: readonly Ranked[]): (path: Bytes) => readonly Ranked[] {
  const literals = new Map<string, Ranked[]>();
  for (const candidate of ranked) {
    const { literal } = candidate.claim.match;
    if (literal !== undefined) literals.set(literal, [...(literals.get(literal) ?? []), candidate]);
  }
  const lists = new Map<string, readonly Ranked[]>();
  const listOf: ListOf = (found) => {
    const key = found.map(({ index }) => index).join();
    const known = lists.get(key) ?? found;
    lists.set(key, known);
    return known;
  };
  const placeOf = globAutomaton(
    ranked.filter(({ claim }) => claim.match.literal === undefined),
    listOf,
  );
  const excepting = new Set(ranked.filter(({ claim }) => claim.except.length > 0));
  const kept = (found: readonly Ranked[], path: Bytes): readonly Ranked[] => {
    if (excepting.size === 0 || !found.some((candidate) => excepting.has(candidate))) return found;
    const left = found.filter(({ claim }) => !claim.except.some((glob) => glob.matches(path)));
    return left.length === found.length ? found : listOf(left);
  };
  return (path) => {
    const found = path === "." ? none : placeOf(path).ending(nameOf(path));
    const literal = literals.get(path);
    return kept(literal === undefined ? found : listOf([...literal, ...found].sort(byRank)), path);
  };
}

const none: readonly Ranked[] = [];
