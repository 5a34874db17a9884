import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { isCold } from "../../model/mode";
import { ancestors, depthOf } from "../../model/path";
import type { Sealed } from "../../observe/observation";
import type { Step } from "../steps";
import { isStable, isWithin } from "./zone";

type Entries = ReadonlyMap<Bytes, Live>;

/** Entries as they will be after unsealing: this is compared with the declaration. */
export function asOpened(entries: Entries, sealed: readonly Sealed[]): Entries {
  if (sealed.length === 0) return entries;
  const opened = new Map(entries);
  for (const { path, uid, gid, mode } of sealed) {
    const live = entries.get(path);
    if (live?.type === "directory") opened.set(path, { ...live, uid, gid, mode });
  }
  return opened;
}

/** Merges a look at some subtrees into an earlier look. */
export function withSubtrees(entries: Entries, tops: readonly Bytes[], seen: Entries): Entries {
  if (tops.length === 0) return entries;
  if (tops.includes("." as Bytes)) return seen;
  const now = new Map<Bytes, Live>();
  for (const [path, live] of entries) if (!isWithin(path, tops)) now.set(path, live);
  for (const [path, live] of seen) now.set(path, live);
  return now;
}

/** Merges a look at single paths into an earlier look. A path that was not found is removed, with everything below it. */
export function withPaths(entries: Entries, paths: readonly Bytes[], seen: Entries): Entries {
  const gone = new Set(paths.filter((path) => !seen.has(path)));
  const isGone = (path: Bytes) => gone.has(path) || ancestors(path).some((above) => gone.has(above));
  const now = new Map(gone.size > 0 ? [...entries].filter(([path]) => !isGone(path)) : entries);
  for (const path of paths) {
    const live = seen.get(path);
    // This look does not read a directory's contents.
    const unread = live?.type === "directory" ? entries.get(path)?.unread : undefined;
    if (live) now.set(path, unread === undefined ? live : { ...live, unread });
  }
  return now;
}

/**
 * Directories that an interrupted run has left sealed and that are unchanged since: the same inode, still closed, where only
 * root can have put it. Other records are stale: the directory is open again, or another one is in its place.
 */
export function stillSealed(entries: Entries, left: readonly Sealed[]): Sealed[] {
  const byPath = new Map(left.map((sealed) => [sealed.path, sealed]));
  return [...byPath.values()].filter(({ path, inode, uid, gid, mode }) => {
    const live = entries.get(path);
    if (live?.type !== "directory" || live.inode !== inode || !isStable(entries, path)) return false;
    // The run was cut between the commands that close or open it: root owns it, and it has its recorded mode.
    const isClosed = live.uid === 0 && (isCold(live) || live.mode === mode);
    return isClosed && (live.uid !== uid || live.gid !== gid || live.mode !== mode);
  });
}

/** Sorts the deepest first: an opened directory is then above no path that is still to be opened. Equal paths stay together. */
export function inOpeningOrder(sealed: readonly Sealed[]): Sealed[] {
  const key = ({ uid, gid, mode }: Sealed) => `${uid}:${gid} ${mode}`;
  return [...sealed].sort(
    (a, b) => depthOf(b.path) - depthOf(a.path) || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}

/**
 * Defers the steps that open a directory to another user until everything below it is done: from then on that user can change
 * names in it. A directory that is sealed, or would be open afterwards, gets its owner and mode at unsealing. Until then root
 * owns it, and only root may write in it.
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

/** The fields of a newly made directory. */
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
  // As in a step: between a new owner and a new ACL no other user may have any access.
  const both = live.mode & closed & (!isOwned && acl ? 0o7700 : 0o7777);
  const close = (!isOwned || acl) && both !== live.mode ? both : undefined;
  // Root owns it already, so no other user changes it in between.
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

/** Directories of a zone that could not be sealed although commands can reach them. */
export function leftHot(entries: Entries, zone: readonly Bytes[], isReachable: (path: Bytes) => boolean): Bytes[] {
  if (zone.length === 0) return [];
  return [...entries]
    .filter(([path, live]) => live.type === "directory" && !isCold(live) && isWithin(path, zone) && isReachable(path))
    .map(([path]) => path);
}
