import type { Acl } from "../model/acl";
import { fromWire, show } from "../model/bytes";
import { givesMore } from "../model/capability";
import type { Live, Principals } from "../model/entry";
import { allSpecialBits, formatMode, type Mode, specialNames } from "../model/mode";
import type { Observation } from "../observe/observation";
import type { Difference, Wanted } from "../plan/difference";

/** A difference for people: what is there, what is declared, and what to mind about the way from one to the other. */
export interface DifferenceText {
  readonly live: string;
  readonly declared: string;
  /** `, LOOSER` and the like, to go behind the declared value; empty where there is nothing to mind. */
  readonly marks: string;
}

/** `owner:group mode[ type]`, only the fields that the resource states. */
export function differenceText(difference: Difference, { principals, programs }: Seen): DifferenceText {
  const { path, live, want, blocked } = difference;
  const marks = [
    ...(loosens(live, want) ? ["LOOSER"] : []),
    ...(programs?.has(path) && takesExecute(difference) ? ["takes execute from a program"] : []),
    ...(blocked === undefined ? [] : [`not repaired: ${blocked}`]),
  ];
  return {
    live: live ? liveText(live, want, principals) : "absent",
    declared: wantText(live, want, principals),
    marks: marks.map((mark) => `, ${mark}`).join(""),
  };
}

/** True where a file could be executed by somebody, and by fewer afterwards. */
export function takesExecute({ live, want, blocked }: Difference): boolean {
  if (live?.type !== "file" || !want.mode || blocked !== undefined) return false;
  return (live.mode & 0o111 & ~modeAfter(live, want.mode)) !== 0;
}

/** What an observation tells of names and files. */
type Seen = Pick<Observation, "principals" | "programs">;

function liveText(live: Live, want: Wanted, principals: Principals): string {
  const uid = want.uid === undefined ? undefined : live.uid;
  const gid = want.gid === undefined ? undefined : live.gid;
  const target = live.target === undefined ? "" : ` -> ${show(live.target)}`;
  const fields = [
    principalText(uid, gid, principals),
    ...(want.mode ? [modeText(live.mode, want.mode.mask)] : []),
    ...(want.type ? [live.type + target] : []),
    ...(want.acl ? [aclText(live.acl ?? [], want.acl, principals)] : []),
    ...(want.capabilities === undefined ? [] : [capabilitiesText(live.capabilities ?? "")]),
  ];
  return fields.filter((text) => text !== "").join(" ");
}

function wantText(live: Live | undefined, want: Wanted, principals: Principals): string {
  const mode = want.mode ? [modeText(modeAfter(live, want.mode), want.mode.mask)] : [];
  const fields = [
    principalText(want.uid, want.gid, principals),
    ...mode,
    ...(want.type ? [want.type] : []),
    ...(want.acl ? [aclText(want.acl, live?.acl ?? [], principals)] : []),
    ...(want.capabilities === undefined ? [] : [capabilitiesText(want.capabilities)]),
  ];
  return fields.filter((text) => text !== "").join(" ");
}

function modeAfter(live: Live | undefined, mode: { bits: Mode; mask: Mode }): Mode {
  return ((live?.mode ?? 0) & ~mode.mask) | mode.bits;
}

/** Four digits; of whoever holds the special bits alone, their names. */
function modeText(mode: Mode, mask: Mode): string {
  if (mask !== allSpecialBits) return formatMode(mode);
  return specialNames(mode).join() || "no special bits";
}

/** The entries that the other side does not have, with names where the host has them: `acl:user:backup:r-x`. */
function aclText(acl: Acl, other: Acl, { users, groups }: Principals): string {
  if (acl.length === 0) return "no acl";
  const named = (entry: string) =>
    entry.replace(/(user|group):(\d+):/, (whole, tag, id) => {
      const name = (tag === "user" ? users : groups).get(Number(id));
      return name === undefined ? whole : `${tag}:${show(fromWire(name))}:`;
    });
  const own = acl.filter((entry) => !other.includes(entry));
  // Where there is none on the other side, what follows from the mode goes without saying.
  const shown = other.length === 0 ? own.filter((entry) => !entry.includes("::")) : own;
  if (shown.length > 0) return `acl:${shown.map(named).join()}`;
  if (own.length > 0) return `acl:${own.join()}`;
  return `acl without ${other
    .filter((entry) => !acl.includes(entry))
    .map(named)
    .join()}`;
}

function capabilitiesText(text: string): string {
  return text === "" ? "no caps" : `caps:${show(fromWire(text))}`;
}

/** `user:group`, `user` or `:group`, by name where the host has one. */
function principalText(uid: number | undefined, gid: number | undefined, { users, groups }: Principals): string {
  const name = (names: ReadonlyMap<number, string>, id: number) => show(fromWire(names.get(id) ?? String(id)));
  const user = uid === undefined ? "" : name(users, uid);
  return gid === undefined ? user : `${user}:${name(groups, gid)}`;
}

/** True when the repair would allow somebody what is not allowed now. */
function loosens(live: Live | undefined, want: Wanted): boolean {
  if (live === undefined || want.type !== undefined) return false;
  const before = live.acl ?? [];
  return (
    (want.mode !== undefined && (modeAfter(live, want.mode) & ~live.mode) !== 0) ||
    (want.acl ?? []).some((entry) => !before.includes(entry) && !entry.endsWith(":---")) ||
    givesMore(want.capabilities ?? "", live.capabilities ?? "")
  );
}
