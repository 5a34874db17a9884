import { isOnHost } from "../intent/file-claim";
import { type Owner, sameOwner } from "../intent/owner";
import { type Acl, groupBits, hasAccessEntries } from "../model/acl";
import type { Bytes } from "../model/bytes";
import type { EntryType, Live } from "../model/entry";
import { type Mode, setIdBits } from "../model/mode";
import { depthOf } from "../model/path";
import type { PruneKind } from "../observe/uses";
import { type Difference, type Kept, type Put, type Wanted, withWanted } from "./difference";

/** The change to one path. Fields of resources that are not converged now keep their live values. */
export interface Step {
  readonly path: Bytes;
  /**
   * `make` a directory where there is no entry; `replace` another entry by a directory, after moving it away; `put` a whole file,
   * link or device there, with all its fields; move it `away`; else `set` the fields that differ.
   */
  readonly action: "make" | "replace" | "set" | "put" | "away";
  readonly put?: Put;
  /** The reason why the present entry is moved away. */
  readonly reason?: string;
  /** Whether an undeclared entry stays where a process uses it, or goes anyway. */
  readonly prune?: PruneKind;
  /** The present entry is neither a file nor a link: it is moved away before the put. */
  readonly isInTheWay?: boolean;
  /** Set before the owner or the ACL changes: the bits that both states have, so that no user gets more than either allows. */
  readonly close?: Mode;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Removes the whole ACL, then sets these entries. The mode follows and sets the mask. */
  readonly acl?: Acl;
  readonly mode?: Mode;
  /** Empty removes them. */
  readonly capabilities?: string;
}

/** A new directory is closed to all until the owners of its fields set them. */
const fresh = { type: "directory", uid: 0, gid: 0, mode: 0o700 } as const;

type Differences = { readonly differences: readonly Difference[] };

interface Wish {
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly keep: Kept;
  readonly put: Put | undefined;
  readonly above: readonly Bytes[];
  readonly reason: string;
  readonly prune?: Difference["prune"];
}

/** The steps on the host, outside the jail, for these owners. */
export function hostSteps({ differences }: Differences, owners: readonly Owner[]): Step[] {
  return differences
    .filter(({ path, owner }) => isOnHost(path) && owners.some((chosen) => sameOwner(chosen, owner)))
    .flatMap(({ path, live, want, keep, put, reason }) =>
      put ? putStep(path, { live, want, keep, put, above: [], reason }, put) : [],
    );
}

/** The fewest steps that repair the plan's paths for these owners: one for each path, parents first. */
export function steps(plan: Differences, owners: readonly Owner[]): Step[] {
  const wanted = new Map<Bytes, Wish>();
  for (const { path, live, want, keep, put, reason, prune, above = [] } of repairable(plan, owners)) {
    const before = wanted.get(path);
    wanted.set(path, {
      live,
      want: before ? withWanted(before.want, want) : want,
      keep,
      put: put ?? before?.put,
      above,
      reason: before?.reason ?? reason,
      ...(prune ? { prune } : {}),
    });
  }
  // An entry above a missing directory may be a link to anywhere: make it only below directories that this run makes.
  const isSound = (above: readonly Bytes[]) => above.every((path) => wanted.get(path)?.want.type === "directory");
  return [...wanted]
    .filter(([, { above }]) => isSound(above))
    .map(([path, wish]) => ({
      step: wish.put ? putStep(path, wish, wish.put) : step(path, wish),
      depth: depthOf(path),
    }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ step: one }) => one);
}

function repairable({ differences }: Differences, owners: readonly Owner[]): Difference[] {
  const own = differences.filter(
    ({ path, owner, mount, silence }) =>
      !isOnHost(path) && !mount && !silence && owners.some((chosen) => sameOwner(chosen, owner)),
  );
  // A put makes a new inode. It inherits nothing from the old one, so a block on the old inode does not matter.
  const anew = new Set(own.flatMap(({ path, put, blocked }) => (put && blocked === undefined ? [path] : [])));
  return own.filter(({ path, blocked }) => blocked === undefined || anew.has(path));
}

/** Types that a rename may replace: a device holds no data that could be lost. */
const replaceable = new Set<EntryType>(["file", "link", "character device", "block device"]);

/** A file whose owner and mode no resource holds is readable by all. */
const freshFile = { type: "file", uid: 0, gid: 0, mode: 0o644 } as const;

/** A put makes a new inode and sets all fields; fields that are not converged keep their old values. */
function putStep(path: Bytes, { live, want, keep, reason }: Wish, put: Put): Step {
  const isInTheWay = live !== undefined && !replaceable.has(live.type);
  const way = isInTheWay ? { isInTheWay, reason: inTheWay(reason) } : {};
  if (put.claim.is.type === "link") return { path, action: "put", put, ...way };
  const base: Pick<Live, "type" | "uid" | "gid" | "mode" | "acl"> = live?.type === "file" ? live : freshFile;
  // find and getfacl read at two moments: an entry that was a directory in between had default ACL entries.
  const acl = want.acl ?? base.acl?.filter((entry) => !entry.startsWith("default:"));
  const capabilities = want.capabilities ?? keep.capabilities;
  return {
    path,
    action: "put",
    put,
    ...way,
    owner: { uid: want.uid ?? base.uid, gid: want.gid ?? base.gid },
    mode: modeToSet(base, want, keep, { chowned: true, acl: want.acl }),
    ...(acl && acl.length > 0 ? { acl } : {}),
    ...(capabilities === "" ? {} : { capabilities }),
  };
}

/** The reason for moving an entry that stands where another one is declared. */
function inTheWay(reason: string): string {
  return `it stood where another thing is declared (${reason})`;
}

function step(path: Bytes, { live, want, keep, reason, prune }: Wish): Step {
  if (want.type === "absent") return { path, action: "away", reason, ...(prune ? { prune } : {}) };
  const inPlace = live !== undefined && want.type === undefined;
  const action = inPlace ? "set" : live ? "replace" : "make";
  const base: Pick<Live, "type" | "uid" | "gid" | "mode" | "acl" | "capabilities"> = inPlace ? live : fresh;
  const uid = want.uid ?? base.uid;
  const gid = want.gid ?? base.gid;
  const chowned = uid !== base.uid || gid !== base.gid;
  const acl = want.acl && want.acl.join() !== (base.acl ?? []).join() ? want.acl : undefined;
  const mode = modeToSet(base, want, keep, { chowned, acl });
  // The old owner may have changed the mode since the look; and an ACL is set with a closed mask.
  const left = chowned && base.type !== "directory" ? base.mode & ~setIdBits : base.mode;
  const isModeSet = mode !== left || (chowned && base.uid !== 0) || acl !== undefined;
  // Between a new owner and a new ACL, the old ACL applies to the new owner: no other user may have any access then.
  const both = base.mode & mode & (chowned && acl ? 0o7700 : 0o7777);
  const capabilities = want.capabilities ?? (chowned && keep.capabilities !== "" ? keep.capabilities : undefined);
  const isSet = capabilities !== undefined && capabilities !== (chowned ? "" : (base.capabilities ?? ""));
  return {
    path,
    action,
    ...(action === "replace" ? { reason: inTheWay(reason) } : {}),
    ...((acl && both !== base.mode) || (chowned && isLooserBetween(base, mode, acl)) ? { close: both } : {}),
    ...(chowned ? { owner: { uid, gid } } : {}),
    ...(acl ? { acl } : {}),
    ...(isModeSet ? { mode } : {}),
    ...(isSet ? { capabilities } : {}),
  };
}

/** Whether a user would have more access between chown and chmod than before and after: through bits that not all users had. */
function isLooserBetween(base: Pick<Live, "mode" | "acl">, mode: Mode, acl: Acl | undefined): boolean {
  if (base.acl !== undefined || acl !== undefined) return (base.mode & mode & 0o7700) !== base.mode;
  const everybody = base.mode & (base.mode >> 3) & (base.mode >> 6) & 7;
  const extra = base.mode & ~mode;
  return (extra & 0o7000) !== 0 || (extra & ~(everybody * 0o111) & 0o777) !== 0;
}

function modeToSet(
  base: Pick<Live, "type" | "mode" | "acl">,
  want: Wanted,
  keep: Kept,
  { chowned, acl }: { readonly chowned: boolean; readonly acl: Acl | undefined },
): Mode {
  // chown takes setuid and setgid from a file; only declared bits are set again.
  const left = chowned && base.type !== "directory" ? (base.mode & ~setIdBits) | keep.special : base.mode;
  const bare = acl && !hasAccessEntries(acl) ? withGroup(left, keep.group ?? groupBits(base.acl ?? [], left)) : left;
  return want.mode ? (bare & ~want.mode.mask) | want.mode.bits : bare;
}

function withGroup(mode: Mode, bits: number): Mode {
  return (mode & ~0o070) | (bits << 3);
}
