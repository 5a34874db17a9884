import { type Bytes, bytesOf } from "./bytes";
import { type Principals, principalId } from "./entry";
import { formatMode, type Mode } from "./mode";

/** The journal's socket, which systemd keeps open while journald restarts. */
export const journalSocket = "/run/systemd/journal/dev-log";

/** A declared mount. None ever gives setuid programs or devices (nosuid, nodev). */
export type MountWish = BindWish | TmpfsWish | ProcWish;

interface BindWish {
  readonly type: "bind";
  /** A path of the host. */
  readonly source: Bytes;
  /** The type of a source that is no directory: its mount point is a file. */
  readonly shows?: "file" | "socket";
  /** Users other than root may replace the source. */
  readonly isUntrusted?: true;
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

/** The kernel's view of processes (proc(5)). */
interface ProcWish {
  readonly type: "proc";
  readonly readOnly: boolean;
  readonly hidepid: (typeof hidepids)[number];
  readonly subset: (typeof subsets)[number];
}

/** Settings of hidepid, from the one that shows all processes to the one that shows the fewest (proc(5)). */
export const hidepids = ["off", "noaccess", "invisible", "ptraceable"] as const;
/** Whether it shows processes alone. */
export const subsets = ["pid", "all"] as const;

/** A mount from /proc/self/mountinfo (proc(5)). */
export interface LiveMount {
  /** The directory of the file system that is mounted. */
  readonly root: string;
  readonly options: ReadonlySet<string>;
  readonly type: string;
  readonly source: string;
  /** Options of the file system, shared by all its mounts. */
  readonly superOptions: ReadonlyMap<string, string>;
}

/** The options that forbid an access. */
export const limitingOptions = ["ro", "nosuid", "nodev", "noexec"] as const;

export function mountLimits(wish: MountWish): Set<string> {
  const readOnly = wish.type !== "tmpfs" && wish.readOnly;
  const exec = wish.type !== "proc" && wish.exec;
  return new Set([...(readOnly ? ["ro"] : []), "nosuid", "nodev", ...(exec ? [] : ["noexec"])]);
}

/** The options of mount(8) for a mount in a jail. */
export function mountOptions(is: MountWish, { uids, gids }: Principals): string[] {
  const limits = [...mountLimits(is)];
  if (is.type === "bind") return is.readOnly ? limits : ["rw", ...limits];
  if (is.type === "proc") return [...procOptions(is), ...(is.readOnly ? limits : ["rw", ...limits])];
  const ids = [`uid=${principalId(is.owner, uids) ?? 0}`, `gid=${principalId(is.group, gids) ?? 0}`];
  return [`size=${is.size}k`, `mode=${formatMode(is.mode)}`, ...ids, ...limits];
}

export function procOptions({ hidepid, subset }: ProcWish): string[] {
  return [`hidepid=${hidepid}`, ...(subset === "pid" ? ["subset=pid"] : [])];
}

/** The name that systemd requires for the unit of a mount point (systemd.unit(5), systemd-escape --path). */
export function mountUnitName(root: string, at: Bytes): string {
  const path = bytesOf(`${root}/`).slice(1) + at;
  const escaped = path.replace(/[^A-Za-z0-9:_./]|^\./g, (mark) => `\\x${hex(mark)}`).replaceAll("/", "-");
  return `${escaped}.mount`;
}

function hex(mark: string): string {
  return mark.charCodeAt(0).toString(16).padStart(2, "0");
}

const units: Readonly<Record<string, number>> = { k: 1, m: 1024, g: 1024 * 1024 };

/** KiB of a size such as `64m`; undefined for other texts. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^([1-9][0-9]{0,8})([kmg])$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit?.toLowerCase() ?? ""] ?? 1);
}

export function formatSize(kibibytes: number): string {
  if (kibibytes % (1024 * 1024) === 0) return `${kibibytes / (1024 * 1024)}g`;
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`;
}

/** Reads the fields behind the device number in a line of mountinfo; undefined for another text. */
export function parseMount(text: string): LiveMount | undefined {
  const [, root, options, type, source, more] = /^(\S+) (\S+) (?:\S+ )*?- (\S+) (\S*) (\S+)$/.exec(text) ?? [];
  if (root === undefined || options === undefined || type === undefined) return undefined;
  const pairs = (more ?? "").split(",").map((option): [string, string] => {
    const equals = option.indexOf("=");
    return equals === -1 ? [option, ""] : [option.slice(0, equals), option.slice(equals + 1)];
  });
  return {
    root: unescapeMountinfo(root),
    options: new Set(options.split(",")),
    type,
    source: unescapeMountinfo(source ?? ""),
    superOptions: new Map(pairs),
  };
}

/** A path as mountinfo writes it. */
export function escapeMountinfo(path: string): string {
  return path.replace(/[ \t\n\\]/g, (mark) => `\\${mark.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** mountinfo writes spaces and the like in octal digits. */
function unescapeMountinfo(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
