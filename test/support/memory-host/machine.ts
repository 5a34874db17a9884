import type { Locks } from "./locks";
import type { Tree } from "./tree";

/** The parts of a host in memory that its agents work with. */
export interface Machine {
  readonly tree: Tree;
  readonly locks: Locks;
  /** Commands and settings that the host lacks, in the words of `gap`: `getfacl`, `flock`, `protected_hardlinks`. */
  readonly gaps: ReadonlySet<string>;
}

/** The mount table, in the words of /proc/self/mountinfo. */
export function mountTable({
  tree,
}: Machine): { readonly top: string; readonly point: string; readonly how: string }[] {
  const lines = tree.read("/proc/self/mountinfo").split("\n");
  return lines.flatMap((line) => {
    const [, top = "", point = "", how = ""] = /^\d+ \d+ \S+ (\S+) (\S+) (.*)$/.exec(line) ?? [];
    return point === "" ? [] : [{ top, point: point.replace(/\\([0-7]{3})/g, (_, digits) => byte(digits)), how }];
  });
}

/** The mount points below a root, by their paths in it. */
export function mountPoints(machine: Machine, root: string): string[] {
  return mountTable(machine).flatMap(({ point }) =>
    point.startsWith(`${root}/`) ? [point.slice(root.length + 1)] : [],
  );
}

/** The fields of the lines in a passwd or group file of the host. */
export function accounts({ tree }: Machine, file: "passwd" | "group"): string[][] {
  return (tree.find(`/etc/${file}`) ? tree.read(`/etc/${file}`) : "").split("\n").map((line) => line.split(":"));
}

/** The owners as stat prints them by `%U:%G`. */
export function ownerNames(machine: Machine, { uid, gid }: { readonly uid: number; readonly gid: number }): string {
  const nameOf = (file: "passwd" | "group", id: number) =>
    accounts(machine, file).find(([, , number]) => number === String(id))?.[0] ?? "UNKNOWN";
  return `${nameOf("passwd", uid)}:${nameOf("group", gid)}`;
}

function byte(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}
