import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Outcome } from "../../provider/engine/converge/job";
import type { Bytes } from "../../provider/model/bytes";
import { blockText } from "../../provider/render/text/findings/blocks";
import { type Seen, walk } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import * as scene from "./scene";

/** The state before the race, which must not change. */
export interface Before {
  readonly outside: ReadonlyMap<Bytes, Seen>;
  readonly contents: ReadonlyMap<Bytes, string>;
  readonly acls: string;
  readonly cold: ReadonlyMap<Bytes, Seen>;
}

/** The result of one run: forbidden changes, and repairs that it reported as impossible. */
export interface Findings {
  /** Something outside of the jail has changed. */
  readonly losses: readonly string[];
  /** Something in the jail is not as declared, and nothing says so. */
  readonly faults: readonly string[];
  /** Paths of root's that are left as they were because an inode has names that are not the jail's, or not root's. */
  readonly refused: number;
  /** Other paths of root's that are left, and reported. */
  readonly left: readonly string[];
}

export function remember(host: LabHost): Before {
  const outside = walk(host.path(scene.outside));
  return { outside, contents: contentsOf(host, outside), acls: aclsOf(host), cold: walk(host.path(scene.root), isHot) };
}

function contentsOf(host: LabHost, outside: ReadonlyMap<Bytes, Seen>): Map<Bytes, string> {
  const files = [...outside].filter(([path, { type }]) => type === "file" && !scene.writtenByDaemon.includes(path));
  return new Map(files.map(([path]) => [path, readFileSync(host.path(`${scene.outside}/${path}`), "latin1")]));
}

function aclsOf(host: LabHost): string {
  return execFileSync("getfacl", ["-RPpn", host.path(scene.outside)], { encoding: "latin1" });
}

/** Where the daemon may write, and where a run puts what was in its way: that is closed, and nobody's any more. */
function isHot(path: Bytes): boolean {
  return [...scene.writable, scene.quarantine].some((top) => path === top || path.startsWith(`${top}/`));
}

/**
 * Looks at everything after a run, while nobody races. `withAcls` costs a process. `closed` are the directories that the agent
 * says it has closed, where a run also makes some of root's, which the daemon may move in a hot root.
 */
export function check(
  host: LabHost,
  layout: scene.Layout,
  before: Before,
  outcomes: readonly Outcome[],
  withAcls: boolean,
  closed?: ReadonlySet<string>,
): Findings {
  const jail = walk(host.path(scene.root));
  const losses = outsideLosses(host, before, jail);
  if (withAcls && aclsOf(host) !== before.acls) losses.push(`outside, an ACL has changed:\n${aclsOf(host)}`);
  const reported = new Map<Bytes, string | undefined>();
  for (const { assessment, error } of outcomes) {
    for (const { path, blocked } of assessment?.plan.differences ?? [])
      reported.set(path, blocked && blockText(blocked));
    // An entry at the place of a file is reported under the file's path.
    for (const path of refusedPaths(error)) reported.set(path, error?.message);
  }
  const { faults, refused, left } = insideFindings(before, jail, layout, reported);
  return { losses, faults: [...faults, ...leftClosed(host, before, jail, closed)], refused, left };
}

function refusedPaths(error: (Error & { code?: string }) | undefined): Bytes[] {
  const said = error?.code === "refused" ? error.message.split("; ") : [];
  return said.flatMap((why) => (/(?:^|: )([^ :]+) is (?:at or|a|an) /.exec(why)?.[1] as Bytes | undefined) ?? []);
}

/** Directories that were closed for the repair, and that the daemon has not got back. In a hot root it may move root's too. */
function leftClosed(
  host: LabHost,
  before: Before,
  jail: ReadonlyMap<Bytes, Seen>,
  told: ReadonlySet<string> | undefined,
): string[] {
  const records = readdirSync(host.path(scene.registry), { recursive: true, encoding: "utf8" });
  const roots = new Set([...before.cold.values()].map(({ inode }) => inode));
  const isClosed = ({ type, uid, gid, mode, inode }: Seen) =>
    type === "directory" && uid === 0 && gid === scene.www.gid && !(mode & 0o022) && (told?.has(inode) ?? true);
  const closed = [...jail].filter(
    ([path, seen]) => scene.isBelowWritable(path) && isClosed(seen) && !roots.has(seen.inode),
  );
  return [
    ...records.filter((path) => /\/(sealed|left)(\/|$)/.test(path)).map((path) => `the registry still has ${path}`),
    ...closed.map(([path, seen]) => `${path} is left closed: ${describe(seen)}`),
  ];
}

function outsideLosses(host: LabHost, before: Before, jail: ReadonlyMap<Bytes, Seen>): string[] {
  const now = walk(host.path(scene.outside));
  const names = new Map<string, number>();
  for (const { inode } of jail.values()) names.set(inode, (names.get(inode) ?? 0) + 1);
  const losses: string[] = [];
  for (const path of new Set([...before.outside.keys(), ...now.keys()])) {
    const [was, is] = [before.outside.get(path), now.get(path)];
    const linked = is && is.type !== "directory" ? (names.get(is.inode) ?? 0) : 0;
    if (!was || !is || !isAs(is, was) || is.inode !== was.inode || is.links !== was.links + linked)
      losses.push(`outside, ${path} was ${describe(was)}, is ${describe(is)}, with ${linked} names in the jail`);
  }
  for (const [path, content] of contentsOf(host, now))
    if (content !== before.contents.get(path)) losses.push(`outside, ${path} has another content`);
  return losses;
}

/**
 * Each entry of root's must be as declared or be reported, also where drift had let the daemon in. The same holds for the
 * directories in which the daemon may write: they must be open again.
 */
function insideFindings(
  before: Before,
  jail: ReadonlyMap<Bytes, Seen>,
  layout: scene.Layout,
  reported: ReadonlyMap<Bytes, string | undefined>,
): Omit<Findings, "losses"> {
  const faults: string[] = [];
  const left: string[] = [];
  let refused = 0;
  const expect = (path: Bytes, seen: Seen | undefined, wanted: scene.Attributes) => {
    if (isAs(seen, wanted)) return;
    const text = `${path} is ${describe(seen)}, declared ${formatAttributes(wanted)}`;
    if (!reported.has(path)) faults.push(`${text}, and nothing says so`);
    else if (reported.get(path) === undefined) left.push(text);
    else refused++;
  };
  for (const path of scene.openPaths(layout)) expect(path, jail.get(path), scene.openMode);
  // The daemon can replace every entry of a root that it may write in, the moment it is open again.
  if (layout === "hot") return { faults, refused, left };
  for (const [path, was] of before.cold) {
    const isOpened = path.startsWith(`${scene.opened}/`);
    if (!isOpened && jail.get(path)?.inode !== was.inode) faults.push(`${path} is gone or is another inode`);
  }
  for (const [path, seen] of jail) {
    if (isHot(path) || (seen.type !== "file" && seen.type !== "directory")) continue;
    expect(path, seen, scene.declaredAt(path, seen.type === "directory"));
  }
  return { faults, refused, left };
}

function isAs(seen: Seen | undefined, { uid, gid, mode }: scene.Attributes): boolean {
  return seen !== undefined && seen.uid === uid && seen.gid === gid && seen.mode === mode;
}

function describe(seen: Seen | undefined): string {
  if (!seen) return "nothing";
  return `${seen.type} ${formatAttributes(seen)} (${seen.links} names, ${seen.inode})`;
}

function formatAttributes({ uid, gid, mode }: scene.Attributes): string {
  return `${uid}:${gid} ${mode.toString(8).padStart(4, "0")}`;
}
