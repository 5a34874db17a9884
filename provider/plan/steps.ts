import { type Owner, sameOwner } from "../intent/claim";
import { isOnHost } from "../intent/file-claim";
import { type Acl, groupBits, hasAccessEntries } from "../model/acl";
import { type Bytes, depthOf } from "../model/bytes";
import type { EntryType, Live } from "../model/entry";
import { type Mode, setIdBits } from "../model/mode";
import { type Difference, type Kept, type Put, type Wanted, withWanted } from "./difference";
import type { Plan } from "./plan";

/** What is done to one path. Fields that belong to nobody who is converged stay as they are live. */
export interface Step {
  readonly path: Bytes;
  /**
   * `make` a directory where nothing is; `replace` something else by one, after moving it away; `put` a whole file, link or
   * device there, with all its fields; move it `away`; else `set` what differs.
   */
  readonly action: "make" | "replace" | "set" | "put" | "away";
  readonly put?: Put;
  /** Why what is there is moved away. */
  readonly reason?: string;
  /** What is there has to be moved away before something is put there: it is neither a file nor a link. */
  readonly isInTheWay?: boolean;
  /** Before the owner or the ACL changes: the bits that both states have, so that nobody gets more than either allows. */
  readonly close?: Mode;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Takes away the whole ACL, then sets these entries; the mode comes after it and sets the mask. */
  readonly acl?: Acl;
  readonly mode?: Mode;
  /** Empty takes them away. */
  readonly capabilities?: string;
}

/** A directory that is made shows nothing to anybody until whoever owns its fields sets them. */
const fresh = { type: "directory", uid: 0, gid: 0, mode: 0o700 } as const;

interface Wish {
  readonly live: Live | undefined;
  readonly want: Wanted;
  readonly keep: Kept;
  readonly put: Put | undefined;
  readonly above: readonly Bytes[];
  readonly reason: string;
}

/** What is to be put onto the host for these owners, beside the jail. */
export function hostSteps({ differences }: Plan, owners: readonly Owner[]): Step[] {
  return differences
    .filter(({ path, owner }) => isOnHost(path) && owners.some((one) => sameOwner(one, owner)))
    .flatMap(({ path, live, want, keep, put, reason }) =>
      put ? putStep(path, { live, want, keep, put, above: [], reason }, put) : [],
    );
}

/** The least that makes the plan's paths right for these owners, one step for each path, parents first. */
export function steps(plan: Plan, owners: readonly Owner[]): Step[] {
  const wanted = new Map<Bytes, Wish>();
  for (const { path, live, want, keep, put, reason, above = [] } of repairable(plan, owners)) {
    const before = wanted.get(path);
    wanted.set(path, {
      live,
      want: before ? withWanted(before.want, want) : want,
      keep,
      put: put ?? before?.put,
      above,
      reason: before?.reason ?? reason,
    });
  }
  // What stands above a missing directory may be a link to anywhere: it is made only below what is made in the same run.
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

function repairable({ differences }: Plan, owners: readonly Owner[]): Difference[] {
  const own = differences.filter(
    ({ path, owner, mount, silence }) =>
      !isOnHost(path) && !mount && !silence && owners.some((one) => sameOwner(one, owner)),
  );
  // What is put in place is another inode, whatever keeps the old one from being changed: it has nothing of that one's.
  const anew = new Set(own.flatMap(({ path, put, blocked }) => (put && blocked === undefined ? [path] : [])));
  return own.filter(({ path, blocked }) => blocked === undefined || anew.has(path));
}

/** What a rename may take the place of: nothing that anybody would miss is in a device. */
const replaceable = new Set<EntryType>(["file", "link", "character device", "block device"]);

/** A file that nobody holds the owner and mode of is for everybody to read. */
const freshFile = { type: "file", uid: 0, gid: 0, mode: 0o644 } as const;

/** What is put in place is another inode: it gets all fields, those that nobody converges as they were. */
function putStep(path: Bytes, { live, want, keep, reason }: Wish, put: Put): Step {
  const isInTheWay = live !== undefined && !replaceable.has(live.type);
  const way = isInTheWay ? { isInTheWay, reason: inTheWay(reason) } : {};
  if (put.claim.is.type === "link") return { path, action: "put", put, ...way };
  const base: Pick<Live, "type" | "uid" | "gid" | "mode" | "acl"> = live?.type === "file" ? live : freshFile;
  // What find says and what getfacl says are of two moments: what was a directory then had default entries.
  const acl = want.acl ?? base.acl?.filter((entry) => !entry.startsWith("default:"));
  const capabilities = want.capabilities ?? keep.capabilities;
  return {
    path,
    action: "put",
    put,
    ...way,
    owner: { uid: want.uid ?? base.uid, gid: want.gid ?? base.gid },
    mode: modeAfter(base, want, keep, true, want.acl),
    ...(acl && acl.length > 0 ? { acl } : {}),
    ...(capabilities === "" ? {} : { capabilities }),
  };
}

/** Why something is moved that stands where something else is declared. */
function inTheWay(reason: string): string {
  return `it stood where another thing is declared (${reason})`;
}

function step(path: Bytes, { live, want, keep, reason }: Wish): Step {
  if (want.type === "absent") return { path, action: "away", reason };
  const inPlace = live !== undefined && want.type === undefined;
  const action = inPlace ? "set" : live ? "replace" : "make";
  const base: Pick<Live, "type" | "uid" | "gid" | "mode" | "acl" | "capabilities"> = inPlace ? live : fresh;
  const uid = want.uid ?? base.uid;
  const gid = want.gid ?? base.gid;
  const chowned = uid !== base.uid || gid !== base.gid;
  const acl = want.acl && want.acl.join() !== (base.acl ?? []).join() ? want.acl : undefined;
  const mode = modeAfter(base, want, keep, chowned, acl);
  // Whoever owned it until now may have changed the mode since it was looked at; and an ACL is set with a closed mask.
  const left = chowned && base.type !== "directory" ? base.mode & ~setIdBits : base.mode;
  const isModeSet = mode !== left || (chowned && base.uid !== 0) || acl !== undefined;
  // Between a new owner and a new ACL the old ACL holds for the new owner: nobody else may have anything then.
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

/** Whether somebody would have more between chown and chmod than before and after: bits that not everybody had. */
function isLooserBetween(base: Pick<Live, "mode" | "acl">, mode: Mode, acl: Acl | undefined): boolean {
  if (base.acl !== undefined || acl !== undefined) return (base.mode & mode & 0o7700) !== base.mode;
  const everybody = base.mode & (base.mode >> 3) & (base.mode >> 6) & 7;
  const extra = base.mode & ~mode;
  return (extra & 0o7000) !== 0 || (extra & ~(everybody * 0o111) & 0o777) !== 0;
}

function modeAfter(
  base: Pick<Live, "type" | "mode" | "acl">,
  want: Wanted,
  keep: Kept,
  chowned: boolean,
  acl: Acl | undefined,
): Mode {
  // chown takes setuid and setgid from a file; only what somebody declares is put back.
  const left = chowned && base.type !== "directory" ? (base.mode & ~setIdBits) | keep.special : base.mode;
  const bare = acl && !hasAccessEntries(acl) ? withGroup(left, keep.group ?? groupBits(base.acl ?? [], left)) : left;
  return want.mode ? (bare & ~want.mode.mask) | want.mode.bits : bare;
}

function withGroup(mode: Mode, bits: number): Mode {
  return (mode & ~0o070) | (bits << 3);
}
