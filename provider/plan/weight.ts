import { isOnHost } from "../intent/file-claim";
import type { DaemonIntent } from "../intent/jail-intent";
import { groupBits, hasAccessEntries } from "../model/acl";
import type { Bytes } from "../model/bytes";
import { givesMore } from "../model/capability";
import { isDeviceType } from "../model/device";
import { type Live, type Principals, principalId } from "../model/entry";
import { type Mode, setIdBits, specialBits } from "../model/mode";
import { ancestors } from "../model/path";
import { type Access, rightsOf, type Subject } from "./checks/access";
import { type Difference, modeAfter, type Wanted, type WeightClass, weightClasses } from "./difference";

/** The differences with their weights. `daemons` are the users that run in the jail. */
export function weighed(
  differences: readonly Difference[],
  entries: ReadonlyMap<Bytes, Live>,
  daemons: readonly Subject[],
): Difference[] {
  const after = new Map<Bytes, Access>();
  for (const difference of differences) {
    const { path, live, want } = difference;
    if (live && want.type === undefined) after.set(path, accessAfter(after.get(path) ?? live, difference));
  }
  const accessTo = (path: Bytes) => after.get(path) ?? entries.get(path);
  const reaches = (subject: Subject, path: Bytes) =>
    (path === "." ? [] : ["." as Bytes, ...ancestors(path)]).every((above) => {
      const access = accessTo(above);
      return access !== undefined && (rightsOf(subject, access) & 1) !== 0;
    });
  const gains = (path: Bytes, before: Access, now: Access) => {
    // Group members are subjects too: the host's own database may have a daemon among them.
    const members = now.gid === 0 || now.gid === before.gid ? [] : [{ gids: [now.gid] }];
    return [...daemons, ...members].some(
      (daemon) => (rightsOf(daemon, now) & ~rightsOf(daemon, before)) !== 0 && reaches(daemon, path),
    );
  };
  const opens = (difference: Difference) => {
    const { path, live, want } = difference;
    if (!live || want.type !== undefined) return false;
    return loosens(live, want) || gains(path, live, accessAfter(live, difference));
  };
  const opened = new Set(differences.filter(opens).map(({ path }) => path));
  return differences.map((difference) => {
    const { path, live } = difference;
    // Two resources may each hold a field that opens the path only together with the other.
    const isLooser = opened.has(path)
      ? opens(difference)
      : live !== undefined && gains(path, live, after.get(path) ?? live);
    return { ...difference, weight: { class: classOf(difference, isLooser), isLooser } };
  });
}

function accessAfter({ uid, gid, mode, acl = [] }: Access, { want, keep }: Difference): Access {
  const left = want.mode ? modeAfter(mode, want.mode) : mode;
  const wanted = want.acl ?? acl;
  // Without an ACL the mode's group bits are no longer a mask: they are the group's own (`steps`).
  const isBared = hasAccessEntries(acl) && !hasAccessEntries(wanted) && ((want.mode?.mask ?? 0) & 0o070) === 0;
  const group = isBared ? (keep.group ?? groupBits(acl, left)) << 3 : left & 0o070;
  return { uid: want.uid ?? uid, gid: want.gid ?? gid, mode: (left & ~0o070) | group, acl: wanted };
}

function classOf(difference: Difference, isLooser: boolean): WeightClass {
  const { live, want } = difference;
  if (hasPower(live) || givesPower(want, live)) return "gains root";
  if (isLooser) return "looser";
  if (takesExecute(difference)) return "takes execute";
  const isOwner = live && ((want.uid ?? live.uid) !== live.uid || (want.gid ?? live.gid) !== live.gid);
  return isOwner ? "owner" : "other";
}

/** A program that runs with more than its caller's rights, or a device, which leads to a kernel driver. */
function hasPower(live: Live | undefined): boolean {
  if (!live) return false;
  if (isDeviceType(live.type)) return true;
  return live.type === "file" && ((live.mode & setIdBits) !== 0 || (live.capabilities ?? "") !== "");
}

function givesPower({ type, mode, capabilities = "" }: Wanted, live: Live | undefined): boolean {
  if (type !== undefined && isDeviceType(type)) return true;
  const isFile = (type ?? live?.type) === "file";
  return isFile && (((mode?.bits ?? 0) & setIdBits) !== 0 || capabilities !== "");
}

function loosens(live: Live, want: Wanted): boolean {
  const before = live.acl ?? [];
  return (
    (want.mode !== undefined && allowsMore(live.mode, modeAfter(live.mode, want.mode))) ||
    (want.acl ?? []).some((entry) => !before.includes(entry) && !entry.endsWith(":---")) ||
    givesMore(want.capabilities ?? "", live.capabilities ?? "")
  );
}

/** The sticky bit forbids: without it, each user with write access to a directory can remove other users' files. */
function allowsMore(before: Mode, after: Mode): boolean {
  const gone = before & ~after & specialBits.sticky;
  return (after & ~before & ~specialBits.sticky) !== 0 || (gone !== 0 && (after & 0o022) !== 0);
}

/** Whether a file loses an execute permission that it grants now. */
export function takesExecute({ live, want, blocked }: Difference): boolean {
  if (live?.type !== "file" || !want.mode || blocked !== undefined) return false;
  return (live.mode & 0o111 & ~modeAfter(live.mode, want.mode)) !== 0;
}

/** Worst first; in a class root's own before the daemon's, which can make any number of them; then by path. */
export function byWeight(one: Difference, other: Difference): number {
  const rank = ({ weight }: Difference) => weightClasses.indexOf(weight?.class ?? "other");
  const isOthers = ({ live }: Difference) => (live !== undefined && live.uid !== 0 ? 1 : 0);
  const byPath = one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
  return rank(one) - rank(other) || isOthers(one) - isOthers(other) || byPath;
}

/**
 * Whether a difference is shown by itself, however many there are: it is in one of the two worst classes, or it is beside the
 * jail's entries, where the program's own declarations limit the number.
 */
export function isAlwaysShown({ weight, path, mount, fence, silence }: Difference): boolean {
  const isWorst = weight?.class === "gains root" || weight?.class === "looser";
  return isWorst || isOnHost(path) || (mount ?? fence ?? silence) !== undefined;
}

/** The declared users that run in the jail. */
export function daemonsIn(daemons: readonly DaemonIntent[], { uids, gids, primary }: Principals): Subject[] {
  return daemons.flatMap(({ user, groups }) => {
    const uid = principalId(user, uids);
    if (uid === undefined || uid === 0) return [];
    const named = groups.flatMap((group) => principalId(group, gids) ?? []);
    return [{ uid, gids: [...named, ...[primary.get(user) ?? []].flat()] }];
  });
}
