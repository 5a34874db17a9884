import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { isCold } from "../model/mode";
import { depthOf } from "../model/path";
import { isWithin, parentOf } from "./seal/zone";

/** The bytes of an entry in a list, without its path. */
const record = 64;
/** The limits of one command: the number of subtrees left out at once, and the bytes of their paths. */
const most = { paths: 100, bytes: 32_000 };

/**
 * The subtrees with most of the entries that a look found before there were too many. Subtrees that users other than root may
 * write in come first: these users make such trees. With `isExact`, the deepest directories that hold nearly all entries; none
 * where all are in the root itself.
 */
export function heaviest(entries: ReadonlyMap<Bytes, Live>, isExact: boolean): Bytes[] {
  const weights = weighed(entries);
  const half = (weights.get("." as Bytes) ?? 0) / 2;
  const heavy = [...weights].filter(([path]) => isNamed(path)).sort(([, one], [, other]) => other - one);
  const isHot = (path: Bytes) => !isCold(entries.get(path) ?? { uid: 0, mode: 0 });
  const chosen: Bytes[] = [];
  let [removed, bytes] = [0, 0];
  for (const [path, weight] of [...heavy.filter(([at]) => isHot(at)), ...heavy]) {
    if (removed >= half || chosen.length === most.paths || bytes + path.length > most.bytes) break;
    if (isWithin(path, chosen) || chosen.some((other) => isWithin(other, [path]))) continue;
    const at = isExact ? deepest(path, weight, heavy) : path;
    chosen.push(at);
    removed += weights.get(at) ?? 0;
    bytes += at.length;
  }
  return chosen;
}

/** How many of some entries are below a directory. */
export function countBelow(entries: ReadonlyMap<Bytes, Live>, directory: Bytes): number {
  let count = 0;
  for (const path of entries.keys()) if (path !== directory && isWithin(path, [directory])) count++;
  return count;
}

/** The size in a list of everything below each directory. */
function weighed(entries: ReadonlyMap<Bytes, Live>): Map<Bytes, number> {
  const weights = new Map<Bytes, number>();
  const add = (to: Bytes | undefined, weight: number) => {
    if (to !== undefined) weights.set(to, (weights.get(to) ?? 0) + weight);
  };
  for (const path of entries.keys()) add(parentOf(path), record + path.length);
  for (const path of [...weights.keys()].sort((one, other) => depthOf(other) - depthOf(one)))
    add(parentOf(path), weights.get(path) ?? 0);
  return weights;
}

/** Whether a path is not the root, and its name fits on one line. */
function isNamed(path: Bytes): boolean {
  return path !== "." && !path.includes("\n");
}

/** The deepest directory below another that has nearly all of its weight; `heavy` has the heaviest first. */
function deepest(path: Bytes, weight: number, heavy: readonly (readonly [Bytes, number])[]): Bytes {
  let found = path;
  for (const [one, of] of heavy) {
    if (of < weight * 0.75) break;
    if (isWithin(one, [found])) found = one;
  }
  return found;
}
