import { ancestors, type Bytes, depthOf } from "../model/bytes";
import type { Live } from "../model/entry";
import { isCold } from "../model/mode";
import type { Sealed } from "../observe/observation";
import type { Step } from "./steps";
import { isStable, isWithin } from "./zone";

type Entries = ReadonlyMap<Bytes, Live>;

/** Entries as they will be when all that is closed is open again: what is compared with the declaration. */
export function asOpened(entries: Entries, sealed: readonly Sealed[]): Entries {
  if (sealed.length === 0) return entries;
  const opened = new Map(entries);
  for (const { path, uid, gid, mode } of sealed) {
    const live = entries.get(path);
    if (live?.type === "directory") opened.set(path, { ...live, uid, gid, mode });
  }
  return opened;
}

/** A look at subtrees of what has been looked at before. */
export function withSubtrees(entries: Entries, tops: readonly Bytes[], seen: Entries): Entries {
  if (tops.length === 0) return entries;
  if (tops.includes("." as Bytes)) return seen;
  const now = new Map<Bytes, Live>();
  for (const [path, live] of entries) if (!isWithin(path, tops)) now.set(path, live);
  for (const [path, live] of seen) now.set(path, live);
  return now;
}

/** A look at single paths. Those that were not found are gone, with what was below them. */
export function withPaths(entries: Entries, paths: readonly Bytes[], seen: Entries): Entries {
  const gone = new Set(paths.filter((path) => !seen.has(path)));
  const isGone = (path: Bytes) => gone.has(path) || ancestors(path).some((above) => gone.has(above));
  const now = new Map(gone.size > 0 ? [...entries].filter(([path]) => !isGone(path)) : entries);
  for (const path of paths) {
    const live = seen.get(path);
    if (live) now.set(path, live);
  }
  return now;
}

/**
 * What a run that was cut short has left closed, and nobody has touched since: the same directory, still closed, where
 * only root can have put it. The rest is open again already, or it is something else by now.
 */
export function stillSealed(entries: Entries, left: readonly Sealed[]): Sealed[] {
  const byPath = new Map(left.map((sealed) => [sealed.path, sealed]));
  return [...byPath.values()].filter(({ path, inode, uid, gid, mode }) => {
    const live = entries.get(path);
    if (live?.type !== "directory" || live.inode !== inode || !isStable(entries, path)) return false;
    // Cut between the commands that close or open it: it is root's, and has its mode.
    const isClosed = live.uid === 0 && (isCold(live) || live.mode === mode);
    return isClosed && (live.uid !== uid || live.gid !== gid || live.mode !== mode);
  });
}

/** The deepest first: what is opened is no longer on the way to anything. Equal ones follow each other. */
export function inOpeningOrder(sealed: readonly Sealed[]): Sealed[] {
  const key = ({ uid, gid, mode }: Sealed) => `${uid}:${gid} ${mode}`;
  return [...sealed].sort(
    (a, b) => depthOf(b.path) - depthOf(a.path) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}

/**
 * Puts off the steps that open a directory to somebody else until everything below is done: from then on names in it are
 * that one's to change. What is closed already, or would be open afterwards, gets its owner and mode when all is opened;
 * until then it is root's, and nobody else may write in it.
 */
export function deferOpening(
  entries: Entries,
  sealed: readonly Sealed[],
  steps: readonly Step[],
): { sealed: Sealed[]; now: Step[] } {
  const targets = new Map(sealed.map((record) => [record.path, record]));
  const now = steps.map((step) => {
    const live = step.action === "set" ? entries.get(step.path) : undefined;
    if (step.action === "put" || step.action === "away" || (step.action === "set" && live?.type !== "directory"))
      return step;
    const base = targets.get(step.path) ?? live ?? fresh;
    const target = { ...pickIds(base), ...step.owner, mode: step.mode ?? base.mode };
    if (!targets.has(step.path) && isCold(target)) return step;
    targets.set(step.path, { path: step.path, inode: live?.inode ?? "0:0", ...target });
    return whileClosed(step, live ?? fresh, target);
  });
  return { sealed: [...targets.values()], now };
}

/** A directory that is made. */
const fresh = { uid: 0, gid: 0, mode: 0o700 };

function pickIds({ uid, gid }: { uid: number; gid: number }): { uid: number; gid: number } {
  return { uid, gid };
}

/** The part of a step that does not open the directory. */
function whileClosed(
  { path, action, acl }: Step,
  live: Pick<Live, "uid" | "gid" | "mode">,
  target: Pick<Live, "uid" | "gid" | "mode">,
): Step {
  const closed = target.mode & ~0o022;
  const isOwned = live.uid === 0 && live.gid === target.gid;
  // As in a step: between a new owner and a new ACL nobody else may have anything.
  const both = live.mode & closed & (!isOwned && acl ? 0o7700 : 0o7777);
  const close = (!isOwned || acl) && both !== live.mode ? both : undefined;
  // Root owns it already, so that nobody changes it in between.
  const before = live.uid === 0 ? (close ?? live.mode) : live.mode;
  const isModeSet = before !== closed || acl !== undefined;
  return {
    path,
    action,
    ...(close === undefined ? {} : { close }),
    ...(isOwned ? {} : { owner: { uid: 0, gid: target.gid } }),
    ...(acl ? { acl } : {}),
    ...(isModeSet ? { mode: closed } : {}),
  };
}

/** Directories of a zone that could not be closed although commands can reach them. */
export function leftHot(entries: Entries, zone: readonly Bytes[], isReachable: (path: Bytes) => boolean): Bytes[] {
  if (zone.length === 0) return [];
  return [...entries]
    .filter(([path, live]) => live.type === "directory" && !isCold(live) && isWithin(path, zone) && isReachable(path))
    .map(([path]) => path);
}
