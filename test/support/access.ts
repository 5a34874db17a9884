import type { Bytes } from "../../provider/model/bytes";
import { type Seen, walk } from "./jail-site";
import type { LabHost } from "./sshd";

/** One entry with its whole ACL, as getfacl has it: `user::rwx`, `mask::r-x`. None where the host has no getfacl. */
export interface Guarded extends Seen {
  readonly entries: readonly string[];
}

/** A tree by Node's lstat, and its ACLs by one getfacl. For names without line breaks. */
export async function snapshot(host: LabHost, root: string): Promise<Map<Bytes, Guarded>> {
  const tree = walk(host.path(root));
  const { code, stdout } = await host.sh("getfacl -RPnps .", { cwd: root, encoding: "latin1" });
  const entries = new Map<string, string[]>();
  for (const block of code === 0 ? stdout.split("\n\n") : []) {
    const lines = block.split("\n");
    const path = lines.find((line) => line.startsWith("# file: "))?.slice("# file: ".length) ?? "";
    entries.set(
      path.replace(/^\.\//, ""),
      lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.replace(/\s*#.*$/, "")),
    );
  }
  return new Map([...tree].map(([path, seen]) => [path, { ...seen, entries: entries.get(path) ?? [] }]));
}

/** A user other than root. */
export interface Subject {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

/** Besides rwx: the owner, who can give itself the rest; and set-id bits that make a process of the owner or group. */
const owns = 8;

/** The permissions of a subject for an inode, by acl(5). If several groups match, the result has every bit that one of them has. */
function accessOf({ uid, gid, mode, entries }: Guarded, subject: Subject): number {
  if (uid === subject.uid) return ((mode >> 6) & 7) | owns;
  const bitsOf = (entry: string) => {
    const [letters = ""] = entry.split(":").slice(-1);
    return (letters[0] === "r" ? 4 : 0) | (letters[1] === "w" ? 2 : 0) | (letters[2] === "x" ? 1 : 0);
  };
  const find = (start: string) => entries.filter((entry) => entry.startsWith(start)).map(bitsOf);
  const [mask = 7] = find("mask::");
  const [named] = find(`user:${subject.uid}:`);
  if (named !== undefined) return named & mask;
  const [own = (mode >> 3) & 7] = find("group::");
  const groups = [
    ...(subject.gids.includes(gid) ? [own] : []),
    ...subject.gids.flatMap((each) => find(`group:${each}:`)),
  ];
  return groups.length > 0 ? groups.reduce((all, bits) => all | bits) & mask : mode & 7;
}

/** The two allowed states of an inode; each may be missing. */
export interface Bounds {
  readonly before: Guarded | undefined;
  readonly declared: Guarded | undefined;
}

/** The permissions of a subject now that neither state allows, as texts. */
export function looser(
  path: Bytes,
  now: Guarded,
  { before, declared }: Bounds,
  subjects: readonly Subject[],
): string[] {
  if (now.type === "link") return [];
  const states = [before, declared].filter((state) => state !== undefined);
  const found = subjects.flatMap((subject) => {
    const allowed = states.reduce((all, state) => all | accessOf(state, subject), 0);
    const more = accessOf(now, subject) & ~allowed;
    return more === 0 ? [] : [`${path}: ${subject.name} has ${more.toString(8)} (${text(now)})`];
  });
  // Set-id bits count with the id that they give away.
  for (const [bit, id] of [
    [0o4000, "uid"],
    [0o2000, "gid"],
  ] as const)
    if ((now.mode & bit) !== 0 && !states.some((state) => (state.mode & bit) !== 0 && state[id] === now[id]))
      found.push(`${path}: ${bit.toString(8)} of ${id} ${now[id]} (${text(now)})`);
  // An entry inherited from a default ACL was there before, or is declared.
  const defaults = now.entries.filter((entry) => entry.startsWith("default:"));
  if (!states.some(({ entries }) => defaults.every((entry) => entries.includes(entry))))
    found.push(`${path}: ${defaults.join()}`);
  return found;
}

function text({ uid, gid, mode, entries }: Guarded): string {
  return `${uid}:${gid} ${mode.toString(8)} ${entries.join()}`;
}
