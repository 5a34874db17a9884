import type { CreatedType } from "../intent/created";
import { ancestors, type Bytes, depthOf, show } from "../model/bytes";
import type { EntryType, Live } from "../model/entry";
import { isStable } from "./zone";

type Entries = ReadonlyMap<Bytes, Live>;

/** Places that are ours, as they are shown, and what was made there. */
export type Ours = ReadonlyMap<string, EntryType>;

/** What is not removed, and why. */
export interface Left {
  readonly path: Bytes;
  readonly why: string;
}

/** What a removal has done. */
export interface Removed {
  /** How many of what were removed. */
  readonly counts: ReadonlyMap<CreatedType, number>;
  readonly left: readonly Left[];
  /** What others have put there: it is in the quarantine. */
  readonly moved: readonly Bytes[];
  /** The root is there still, although it was made with the jail. */
  readonly isRootLeft: boolean;
  /** An earlier release has written the jail's record: nobody knows what was made with it. */
  readonly isUnknown: boolean;
  /** Resources of other stacks are in the jail. */
  readonly isShared: boolean;
}

/** What is removed of a jail: names of files, links and devices; then directories that nothing else is in, the deepest first. */
export interface Removal {
  readonly things: readonly Bytes[];
  readonly directories: readonly Bytes[];
  readonly left: readonly Left[];
}

/** What is ours and still is what was made there. `stays` says why something is not to be touched. */
export function removal(entries: Entries, ours: Ours, stays: (path: Bytes) => string | undefined): Removal {
  const things: Bytes[] = [];
  const directories: Bytes[] = [];
  const left: Left[] = [];
  for (const [path, { type }] of entries) {
    const made = ours.get(show(path));
    if (made === undefined) continue;
    const why = type !== made ? `is a ${type} now, and was made as a ${made}` : stays(path);
    if (why !== undefined) left.push({ path, why });
    else if (type === "directory") directories.push(path);
    else things.push(path);
  }
  return { things, directories: directories.sort((one, other) => depthOf(other) - depthOf(one)), left };
}

/**
 * What somebody else has put into directories that were made here is moved away with the topmost of them as it is, so that
 * nothing of it is lost; the root stays itself, and each name in it is moved.
 */
export function leftovers(
  entries: Entries,
  ours: Ours,
  isExcluded: (path: Bytes) => boolean,
): { moved: Bytes[]; left: Left[] } {
  const isOurs = (path: Bytes) => ours.get(show(path)) === "directory" && entries.get(path)?.type === "directory";
  const isTopmost = (path: Bytes) => isOurs(path) && !ancestors(path).some(isOurs);
  const isRootOurs = isOurs("." as Bytes);
  const tops = [...entries.keys()].filter(
    (path) => path !== "." && (isRootOurs ? depthOf(path) === 1 : isTopmost(path)),
  );
  const holds = new Map<Bytes, Bytes>();
  for (const path of entries.keys())
    if (isExcluded(path)) for (const above of [...ancestors(path), path]) holds.set(above, path);
  const whyLeft = (path: Bytes): string | undefined => {
    const held = holds.get(path);
    if (held !== undefined)
      return held === path ? "is excluded by the Jail" : `has ${show(held)} in it, which the Jail excludes`;
    return isStable(entries, path) ? undefined : "is where others than root may write";
  };
  const left = tops.flatMap((path) => {
    const why = whyLeft(path);
    return why === undefined ? [] : [{ path, why }];
  });
  return { moved: tops.filter((path) => whyLeft(path) === undefined), left };
}
