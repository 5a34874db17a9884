import type { Acl } from "../../model/acl";
import { fromWire, show } from "../../model/bytes";
import { formatDevice, isDeviceType } from "../../model/device";
import type { Live, Principals } from "../../model/entry";
import { allSpecialBits, formatMode, type Mode, specialNames } from "../../model/mode";
import type { LiveContent } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import { isDevice } from "../../plan/contents/devices";
import { type Difference, modeAfter, type Put, type Silence, type Wanted } from "../../plan/difference";
import { takesExecute } from "../../plan/weight";
import { blockText } from "./findings/blocks";
import { fenceText, mountText } from "./mount-text";

/** A difference for people: the live value, the declared value, and warnings about the change. */
export interface DifferenceText {
  readonly live: string;
  readonly declared: string;
  /** `, LOOSER` and the like, for the end of the declared value; empty without a warning. */
  readonly marks: string;
  /** The text of a group in a preview: each kind of difference with its count. */
  readonly pair?: string;
  /** Nothing is compared: `live` says why the path is not checked, and the other two are empty. */
  readonly isUnchecked?: true;
}

/** A part that the look did not see, understand or finish. */
export function uncheckedText(why: string): DifferenceText {
  return { live: `not checked: ${why}`, declared: "", marks: "", isUnchecked: true };
}

/** `owner:group mode[ type]`, only the fields that the resource states. The two sides never read the same. */
export function differenceText(difference: Difference, seen: Seen): DifferenceText {
  const named = fieldsText(difference, seen);
  if (named.live !== named.declared) return named;
  // Two users or groups have one name.
  const numbered = fieldsText(difference, { ...seen, principals: nameless });
  return numbered.live === numbered.declared ? { ...numbered, live: `another ${numbered.live}` } : numbered;
}

export const nameless: Principals = {
  uids: new Map(),
  gids: new Map(),
  users: new Map(),
  groups: new Map(),
  primary: new Map(),
};

/** As `differenceText`, but the two sides read the same where two users have one name. */
export function fieldsText(difference: Difference, { principals, programs }: Seen): DifferenceText {
  if (difference.mount) return { ...mountText(difference.mount), marks: "" };
  if (difference.fence) return { ...fenceText(difference.fence), marks: "" };
  if (difference.silence) return { ...silenceText(difference.silence), marks: "" };
  const { path, live, want, put, device, below, blocked, weight } = difference;
  const marks = [
    ...(weight?.isLooser ? ["LOOSER"] : []),
    ...(programs?.has(path) && takesExecute(difference) ? ["takes execute from a program"] : []),
    ...(blocked === undefined ? [] : [`not repaired: ${blockText(blocked)}`]),
  ];
  return {
    live: live
      ? withContent(liveText(live, want, principals), device ?? liveContent(put, live) + belowText(below))
      : "absent",
    declared: withContent(wantText(live, want, principals), wantedContent(put, live, want)),
    marks: marks.map((mark) => `, ${mark}`).join(""),
  };
}

function silenceText(silence: Silence): { live: string; declared: string } {
  if (silence.of === "departed") return { live: "rsyslog listens in the jail", declared: "absent" };
  return {
    live: silence.live === "socket" ? "without a listener" : silence.live,
    declared: silence.of === "relay" ? "with rsyslog as its listener" : `with a listener at ${show(silence.socket)}`,
  };
}

function withContent(fields: string, content: string): string {
  return `${fields} ${content}`.trim();
}

/** How many entries go with directories that are moved away. */
export function belowText(below: number | undefined): string {
  if (below === undefined) return "";
  return `(${below.toLocaleString("en-US")} ${below === 1 ? "entry" : "entries"} below)`;
}

/** For a secret no fact is shown, not even its length. */
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

/** Whether a put only changes owner and mode. */
function sameContent({ live, want }: Put): boolean {
  return live?.sha256 !== undefined && live.sha256 === want?.sha256;
}

function isSecret({ claim: { is } }: Put): boolean {
  return is.type === "file" && is.content?.isSecret === true;
}

/** The checksum, as long as it takes to differ from the other one, and the size where it differs. */
function contentText(content: Partial<LiveContent> | undefined, other: Partial<LiveContent> | undefined): string {
  const { size, sha256 } = content ?? {};
  const texts = [
    ...(sha256 === undefined ? [] : [`sha256:${shortened(sha256, other?.sha256)}`]),
    ...(size === undefined || (sha256 !== undefined && size === other?.size)
      ? []
      : [`${size.toLocaleString("en-US")} bytes`]),
  ];
  return texts.join(" ") || "unreadable";
}

/** Eight digits, or as many more as it takes to differ: the maker of a file can choose some of them. */
function shortened(sum: string, other: string | undefined): string {
  const at = [...sum].findIndex((digit, index) => digit !== other?.charAt(index));
  return sum.slice(0, at === -1 ? 8 : 8 * (Math.floor(at / 8) + 1));
}

/** The parts of an observation that texts need: names and programs. */
export type Seen = Pick<Observation, "principals" | "programs">;

function liveText(live: Live, want: Wanted, principals: Principals): string {
  // For an entry that goes, all fields matter; for a device, its number does.
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
  const mode = want.mode ? [modeText(modeAfter(live?.mode ?? 0, want.mode), want.mode.mask)] : [];
  const fields = [
    principalText(want.uid, want.gid, principals),
    ...mode,
    ...(want.type ? [want.type] : []),
    ...(want.acl ? [aclText(want.acl, live?.acl ?? [], principals)] : []),
    ...(want.capabilities === undefined ? [] : [capabilitiesText(want.capabilities)]),
  ];
  return fields.filter((text) => text !== "").join(" ");
}

/** Four digits; the names of the bits where only special bits are held. */
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
  // Where the other side has no ACL, the entries for owner, group and others only repeat the mode.
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

/** `owner:group mode[ acl:…]` of an undeclared entry. */
export function ownerText(
  { uid, gid, mode, acl }: Pick<Live, "uid" | "gid" | "mode" | "acl">,
  principals: Principals,
): string {
  const fields = [
    principalText(uid, gid, principals),
    formatMode(mode),
    ...(acl ? [aclText(acl, [], principals)] : []),
  ];
  return fields.join(" ");
}
