import type { Acl } from "../model/acl";
import { fromWire, show } from "../model/bytes";
import { givesMore } from "../model/capability";
import { formatDevice, isDeviceType } from "../model/device";
import type { Live, Principals } from "../model/entry";
import { allSpecialBits, formatMode, type Mode, specialBits, specialNames } from "../model/mode";
import type { LiveContent } from "../observe/files";
import type { Observation } from "../observe/observation";
import { isDevice } from "../plan/devices";
import type { Difference, Put, Wanted } from "../plan/difference";
import { fenceText, mountText } from "./mount-text";

/** A difference for people: what is there, what is declared, and what to mind about the way from one to the other. */
export interface DifferenceText {
  readonly live: string;
  readonly declared: string;
  /** `, LOOSER` and the like, to go behind the declared value; empty where there is nothing to mind. */
  readonly marks: string;
}

/** `owner:group mode[ type]`, only the fields that the resource states. */
export function differenceText(difference: Difference, { principals, programs }: Seen): DifferenceText {
  if (difference.mount) return { ...mountText(difference.mount), marks: "" };
  if (difference.fence) return { ...fenceText(difference.fence), marks: "" };
  if (difference.silence) return { live: difference.silence.live, declared: difference.silence.declared, marks: "" };
  const { path, live, want, put, device, below, blocked } = difference;
  const marks = [
    ...(loosens(live, want) ? ["LOOSER"] : []),
    ...(programs?.has(path) && takesExecute(difference) ? ["takes execute from a program"] : []),
    ...(blocked === undefined ? [] : [`not repaired: ${blocked}`]),
  ];
  return {
    live: live
      ? withContent(liveText(live, want, principals), device ?? liveContent(put, live) + belowText(below))
      : "absent",
    declared: withContent(wantText(live, want, principals), wantedContent(put, live, want)),
    marks: marks.map((mark) => `, ${mark}`).join(""),
  };
}

function withContent(fields: string, content: string): string {
  return `${fields} ${content}`.trim();
}

function belowText(below: number | undefined): string {
  if (below === undefined) return "";
  return `(${below.toLocaleString("en-US")} ${below === 1 ? "entry" : "entries"} below)`;
}

/** Of a secret nothing is told, not even its length. */
function liveContent(put: Put | undefined, live: Live): string {
  const { is } = put?.claim ?? {};
  if (is?.type === "link") return live.target !== undefined ? `-> ${show(live.target)}` : "";
  if (!put?.want || live.type !== "file" || sameContent(put)) return "";
  if (isSecret(put)) return "content differs";
  const isCopy = is?.type === "file" && is.content?.from === "host";
  return `${isCopy ? "stale " : ""}${contentText(put.live, put.want)}`;
}

function wantedContent(put: Put | undefined, live: Live | undefined, { type }: Wanted): string {
  if (put && isDevice(put.claim)) return type === undefined ? "" : formatDevice(put.claim.is);
  const { is } = put?.claim ?? {};
  if (is?.type === "link") return `-> ${show(is.target)}`;
  if (!put?.want || is?.type !== "file" || (live?.type === "file" && sameContent(put))) return "";
  if (isSecret(put)) return live?.type === "file" ? "as declared" : "";
  const source = is.content?.from === "host" ? ` as the host's ${show(is.content.path)}` : "";
  return `${contentText(put.want, put.live)}${source}`;
}

/** It is made anew for its owner and mode alone. */
function sameContent({ live, want }: Put): boolean {
  return live?.sha256 !== undefined && live.sha256 === want?.sha256;
}

function isSecret({ claim: { is } }: Put): boolean {
  return is.type === "file" && is.content?.from === "program" && is.content.isSecret;
}

/** The checksum as far as it tells, and the size where it is not that of the other one. */
function contentText(content: Partial<LiveContent> | undefined, other: Partial<LiveContent> | undefined): string {
  const { size, sha256 } = content ?? {};
  const texts = [
    ...(sha256 === undefined ? [] : [`sha256:${sha256.slice(0, 8)}`]),
    ...(size === undefined || (sha256 !== undefined && size === other?.size)
      ? []
      : [`${size.toLocaleString("en-US")} bytes`]),
  ];
  return texts.join(" ") || "unreadable";
}

/** True where a file could be executed by somebody, and by fewer afterwards. */
export function takesExecute({ live, want, blocked }: Difference): boolean {
  if (live?.type !== "file" || !want.mode || blocked !== undefined) return false;
  return (live.mode & 0o111 & ~modeAfter(live, want.mode)) !== 0;
}

/** What an observation tells of names and files. */
type Seen = Pick<Observation, "principals" | "programs">;

function liveText(live: Live, want: Wanted, principals: Principals): string {
  // Of what goes everything is worth knowing; of a device it is which one.
  const isWhole = want.type === "absent" && !isDeviceType(live.type);
  const uid = want.uid === undefined && !isWhole ? undefined : live.uid;
  const gid = want.gid === undefined && !isWhole ? undefined : live.gid;
  const target = live.target === undefined || !(isWhole || want.type === "directory") ? "" : ` -> ${show(live.target)}`;
  const fields = [
    principalText(uid, gid, principals),
    ...(want.mode || isWhole ? [modeText(live.mode, want.mode?.mask ?? 0o7777)] : []),
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
    (want.mode !== undefined && allowsMore(live.mode, modeAfter(live, want.mode))) ||
    (want.acl ?? []).some((entry) => !before.includes(entry) && !entry.endsWith(":---")) ||
    givesMore(want.capabilities ?? "", live.capabilities ?? "")
  );
}

/** The sticky bit forbids: without it, whoever may write in a directory takes away what is not theirs. */
function allowsMore(before: Mode, after: Mode): boolean {
  const gone = before & ~after & specialBits.sticky;
  return (after & ~before & ~specialBits.sticky) !== 0 || (gone !== 0 && (after & 0o022) !== 0);
}
