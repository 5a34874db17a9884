import type { CreatedType } from "../../intent/created";
import type { PlaceProblem } from "../../intent/place-problem";
import { type Bytes, show } from "../../model/bytes";
import type { EntryType, Live } from "../../model/entry";
import { ancestors, depthOf } from "../../model/path";
import { isStable } from "../seal/zone";

type Entries = ReadonlyMap<Bytes, Live>;

/** Our places, as shown to people, with the type that was made at each. */
export type Ours = ReadonlyMap<string, EntryType>;

/** A path that is not removed, with the reason. */
export interface Left {
  readonly path: Bytes;
  readonly why: LeftReason;
}

export type LeftReason =
  | { readonly is: "other type"; readonly live: EntryType; readonly made: EntryType }
  /** On the host: something else of the same type, or of another. */
  | { readonly is: "replaced"; readonly live: EntryType }
  | { readonly is: "unsafe"; readonly problem: PlaceProblem }
  | { readonly is: "excluded" }
  /** The path of the entry below it that the Jail excludes. */
  | { readonly is: "above excluded"; readonly excluded: Bytes }
  | { readonly is: "writable" };

/** The result of a removal. */
export interface Removed {
  /** How many entries of each type were removed. */
  readonly counts: ReadonlyMap<CreatedType, number>;
  readonly left: readonly Left[];
  /** Entries of other users: they are in the quarantine. */
  readonly moved: readonly Bytes[];
  /** The root is still there, although it was made with the jail. */
  readonly isRootLeft: boolean;
  /** An earlier release wrote the jail's record, which does not list the entries that the Jail made. */
  readonly isUnknown: boolean;
  /** Resources of other stacks are in the jail. */
  readonly isShared: boolean;
}

/** The paths to remove: files, links and devices; then directories that hold nothing else, the deepest first. */
export interface Removal {
  readonly leaves: readonly Bytes[];
  readonly directories: readonly Bytes[];
  readonly left: readonly Left[];
}

/** Our entries that still are as made, but for excluded ones. */
export function planRemoval(entries: Entries, ours: Ours, isExcluded: (path: Bytes) => boolean): Removal {
  const leaves: Bytes[] = [];
  const directories: Bytes[] = [];
  const left: Left[] = [];
  for (const [path, { type }] of entries) {
    const made = ours.get(show(path));
    if (made === undefined) continue;
    if (type !== made) left.push({ path, why: { is: "other type", live: type, made } });
    else if (isExcluded(path)) left.push({ path, why: { is: "excluded" } });
    else if (type === "directory") directories.push(path);
    else leaves.push(path);
  }
  return { leaves, directories: directories.sort((one, other) => depthOf(other) - depthOf(one)), left };
}

/**
 * Other users' entries in directories that were made here. Each is moved away with the topmost of these directories as it is, so
 * that no data is lost. The root itself stays, and each name in it is moved.
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
  const whyLeft = (path: Bytes): LeftReason | undefined => {
    const excluded = holds.get(path);
    if (excluded !== undefined) return excluded === path ? { is: "excluded" } : { is: "above excluded", excluded };
    return isStable(entries, path) ? undefined : { is: "writable" };
  };
  const left = tops.flatMap((path) => {
    const why = whyLeft(path);
    return why === undefined ? [] : [{ path, why }];
  });
  return { moved: tops.filter((path) => whyLeft(path) === undefined), left };
}
