import { type Bytes, bytesOf } from "./bytes";
import { type Principals, principalId } from "./entry";
import { formatMode, type Mode } from "./mode";

/** What is to be mounted in a jail. No mount of ours ever gives setuid programs or devices (nosuid, nodev). */
export type MountWish = BindWish | TmpfsWish;

interface BindWish {
  readonly type: "bind";
  /** A directory of the host, or a socket. */
  readonly source: Bytes;
  readonly shows?: "socket";
  readonly readOnly: boolean;
  /** Whether programs in it can be run. */
  readonly exec: boolean;
}

interface TmpfsWish {
  readonly type: "tmpfs";
  /** In KiB. */
  readonly size: number;
  readonly owner: string;
  readonly group: string;
  readonly mode: Mode;
  readonly exec: boolean;
}

/** A mount as /proc/self/mountinfo tells of it (proc(5)). */
export interface LiveMount {
  /** The directory of the file system that is mounted. */
  readonly root: string;
  readonly options: ReadonlySet<string>;
  readonly type: string;
  readonly source: string;
  /** Of the file system, whoever has mounted it. */
  readonly superOptions: ReadonlyMap<string, string>;
}

/** The options that keep something from being done. */
export const limitingOptions = ["ro", "nosuid", "nodev", "noexec"] as const;

export function limitsOf(wish: MountWish): Set<string> {
  const readOnly = wish.type === "bind" && wish.readOnly;
  return new Set([...(readOnly ? ["ro"] : []), "nosuid", "nodev", ...(wish.exec ? [] : ["noexec"])]);
}

/** The options of mount(8) for something in a jail. */
export function mountOptions(is: MountWish, { uids, gids }: Principals): string[] {
  const limits = [...limitsOf(is)];
  if (is.type === "bind") return is.readOnly ? limits : ["rw", ...limits];
  const ids = [`uid=${principalId(is.owner, uids) ?? 0}`, `gid=${principalId(is.group, gids) ?? 0}`];
  return [`size=${is.size}k`, `mode=${formatMode(is.mode)}`, ...ids, ...limits];
}

/** The name that systemd wants for a unit that mounts something there (systemd.unit(5), systemd-escape --path). */
export function unitName(root: string, at: Bytes): string {
  const path = bytesOf(`${root}/`).slice(1) + at;
  const escaped = path.replace(/[^A-Za-z0-9:_./]|^\./g, (mark) => `\\x${hex(mark)}`).replaceAll("/", "-");
  return `${escaped}.mount`;
}

function hex(mark: string): string {
  return mark.charCodeAt(0).toString(16).padStart(2, "0");
}

const units: Readonly<Record<string, number>> = { k: 1, m: 1024, g: 1024 * 1024 };

/** KiB of a size such as `64m`; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^([1-9][0-9]{0,8})([kmg])$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit?.toLowerCase() ?? ""] ?? 1);
}

export function formatSize(kibibytes: number): string {
  if (kibibytes % (1024 * 1024) === 0) return `${kibibytes / (1024 * 1024)}g`;
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`;
}

/** The fields of a line of mountinfo behind the device number; undefined where it is none. */
export function parseMount(text: string): LiveMount | undefined {
  const [, root, options, type, source, more] = /^(\S+) (\S+) (?:\S+ )*?- (\S+) (\S*) (\S+)$/.exec(text) ?? [];
  if (root === undefined || options === undefined || type === undefined) return undefined;
  const pairs = (more ?? "").split(",").map((option): [string, string] => {
    const equals = option.indexOf("=");
    return equals === -1 ? [option, ""] : [option.slice(0, equals), option.slice(equals + 1)];
  });
  return {
    root: unescaped(root),
    options: new Set(options.split(",")),
    type,
    source: unescaped(source ?? ""),
    superOptions: new Map(pairs),
  };
}

/** A path as mountinfo tells of it. */
export function escaped(path: string): string {
  return path.replace(/[ \t\n\\]/g, (mark) => `\\${mark.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** Spaces and the like are told in octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
