import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { isCold } from "../model/mode";
import type { Sealed } from "../observe/observation";
import type { Step } from "./steps";
import { isStable, isWithin } from "./zone";

type Entries = ReadonlyMap<Bytes, Live>;

/** Directories that are closed to the daemon, level by level: whatever is below one of a level is of a later one. */
export type Levels = readonly (readonly Sealed[])[];

/** Entries as they will be when all that is sealed is open again: what is compared with the declaration. */
export function asOpened(entries: Entries, levels: Levels): Entries {
  if (levels.length === 0) return entries;
  const opened = new Map(entries);
  for (const { path, uid, gid, mode } of levels.flat()) {
    const live = entries.get(path);
    if (live) opened.set(path, { ...live, uid, gid, mode });
  }
  return opened;
}

/** A look at subtrees of what has been looked at before. */
export function withSubtrees(entries: Entries, tops: readonly Bytes[], seen: Entries): Entries {
  if (tops.length === 0) return entries;
  const kept = [...entries].filter(([path]) => !isWithin(path, tops));
  return new Map([...kept, ...seen]);
}

/** A look at single paths. Those that were not found are gone. */
export function withPaths(entries: Entries, paths: readonly Bytes[], seen: Entries): Entries {
  const now = new Map(entries);
  for (const path of paths) {
    const live = seen.get(path);
    if (live) now.set(path, live);
    else now.delete(path);
  }
  return now;
}

/**
 * What a run that was cut short has left sealed, and nobody has touched since: the same directory, still closed, where
 * only root can have put it. The rest is open again already, or it is something else by now. By depth, the topmost first.
 */
export function stillSealed(entries: Entries, left: readonly Sealed[]): Levels {
  const byPath = new Map(left.map((sealed) => [sealed.path, sealed]));
  const levels = new Map<number, Sealed[]>();
  for (const sealed of byPath.values()) {
    const live = entries.get(sealed.path);
    if (live?.type !== "directory" || live.inode !== sealed.inode || !isCold(live)) continue;
    if (!isStable(entries, sealed.path)) continue;
    const depth = sealed.path === "." ? 0 : sealed.path.split("/").length;
    levels.set(depth, [...(levels.get(depth) ?? []), sealed]);
  }
  return [...levels].sort(([one], [other]) => one - other).map(([, level]) => level);
}

/**
 * Steps for directories that are sealed: their owner and mode are set when they are opened, and until then they stay
 * closed. Another group may read at once what both modes let it read.
 */
export function retarget(levels: Levels, steps: readonly Step[]): { levels: Levels; changed: number[]; now: Step[] } {
  const of = new Map(steps.map((step) => [step.path, step]));
  const changed: number[] = [];
  const now = new Map(of);
  const next = levels.map((level, index) => {
    const targets = level.map((sealed) => targetOf(sealed, of.get(sealed.path)));
    if (targets.some((target, at) => target !== level[at])) changed.push(index);
    for (const sealed of level) {
      const step = of.get(sealed.path);
      if (step) now.set(step.path, whileSealed(step, sealed));
    }
    return targets;
  });
  return { levels: next, changed, now: [...now.values()] };
}

function targetOf(sealed: Sealed, step: Step | undefined): Sealed {
  if (!step || (step.owner === undefined && step.mode === undefined)) return sealed;
  return { ...sealed, ...step.owner, mode: step.mode ?? sealed.mode };
}

function whileSealed({ path, action, owner, mode, acl }: Step, sealed: Sealed): Step {
  const closed = sealed.mode & ~0o022;
  const regrouped = owner !== undefined && owner.gid !== sealed.gid;
  return {
    path,
    action,
    ...(regrouped ? { close: closed & (mode ?? sealed.mode), owner: { uid: 0, gid: owner.gid } } : {}),
    ...(acl ? { acl } : {}),
    ...(regrouped || acl ? { mode: (mode ?? sealed.mode) & ~0o022 } : {}),
  };
}

/** Directories of a zone that could not be closed although commands can reach them. */
export function leftHot(entries: Entries, zone: readonly Bytes[], isReachable: (path: Bytes) => boolean): Bytes[] {
  if (zone.length === 0) return [];
  return [...entries]
    .filter(([path, live]) => live.type === "directory" && !isCold(live) && isWithin(path, zone) && isReachable(path))
    .map(([path]) => path);
}
