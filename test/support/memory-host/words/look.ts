import { Failure } from "../failure";
import { findFields, type Inode } from "../inode";
import { accounts, mountTable } from "../machine";
import type { Serve } from "../request";
import type { Session } from "../session";
import { records, sayNested } from "./registry";
import { unplace } from "./staging";
import { walk } from "./walk";

/** The looks at a host and a jail: 20-watch.sh and 40-look.sh of the real agent. */

export const look: Serve = async (session, asked) => {
  if (session.isChange && session.entered) unplace(session);
  if (session.entered) await scan(session, asked);
  else if (session.root !== "") sayMounts(session);
  sayFacts(session);
  await records(session, asked);
  sayNested(session);
  session.say("known");
  // A mere look needs the lock no longer.
  if (!session.isChange) session.machine.locks.release(session);
};

export const scan: Serve = (session) => {
  if (!session.entered) return;
  sayMounts(session);
  const { found, failed } = walk(session);
  const entries = found.map(
    ([path, inode]) => `${findFields(inode)} ${path}\0${inode.type === "link" ? inode.content : ""}\0`,
  );
  session.list("entries", entries.join(""), failed);
  const { gaps } = session.machine;
  if (gaps.has("getfacl")) session.say("without getfacl");
  else session.lines("getfacl", found.map(printedAcl).join(""), told(failed));
  if (gaps.has("getcap")) session.say("without getcap");
  else session.lines("getcap", found.map(printedCapabilities).join(""), told(failed));
};

/** The tools of a pipe complain as find does, and end well. */
function told({ message }: Failure): Failure {
  return new Failure(message, 0);
}

/** Prints an ACL as `getfacl -PpsnE` does, which passes over an entry without one. */
function printedAcl([path, { acl, mode, uid, gid, type }]: readonly [string, Inode]): string {
  if (acl.length === 0 || type === "link") return "";
  const own = acl.some((entry) => !entry.startsWith("default:")) ? "mask" : "group";
  const special = `${mode & 0o4000 ? "s" : "-"}${mode & 0o2000 ? "s" : "-"}${mode & 0o1000 ? "t" : "-"}`;
  const lines = [
    `# file: ${path.replace(/\\/g, "\\\\").replace(/\n/g, "\\012")}`,
    `# owner: ${uid}`,
    `# group: ${gid}`,
    ...(special === "---" ? [] : [`# flags: ${special}`]),
    `user::${letters(mode >> 6)}`,
    ...acl.filter((entry) => !entry.startsWith("default:")),
    `${own}::${letters(mode >> 3)}`,
    `other::${letters(mode)}`,
    ...acl.filter((entry) => entry.startsWith("default:")),
  ];
  return `${lines.join("\n")}\n\n`;
}

function letters(bits: number): string {
  return ["r", "w", "x"].map((letter, place) => (bits & (4 >> place) ? letter : "-")).join("");
}

function printedCapabilities([path, { capabilities }]: readonly [string, Inode]): string {
  return capabilities === "" ? "" : `${path} ${capabilities}\n`;
}

function sayMounts(session: Session): void {
  const { root, machine } = session;
  const way = new Set<string>();
  let on = "";
  let how = "";
  for (const mount of mountTable(machine)) {
    const { top, point } = mount;
    if (point.startsWith(`${root}/`)) {
      session.say(`mount ${point.slice(root.length + 1)}`);
      session.say(`mounted ${top} ${mount.how}`);
    } else if (point === "/" || `${root}/`.startsWith(`${point}/`)) {
      way.add(point);
      // The longest point counts, and of equal ones the last.
      if (point.length >= on.length) [on, how] = [point, `${top} ${mount.how}`];
    }
  }
  session.say(`on ${how}`);
  for (const point of missingMounts(session)) if (!way.has(point)) session.say(`unmounted ${point}`);
}

/** The places on the way to the root where the host's fstab has a mount. */
function missingMounts({ root, machine: { tree } }: Session): string[] {
  const lines = tree.find("/etc/fstab") ? tree.read("/etc/fstab").split("\n") : [];
  const points = lines.filter((line) => !line.startsWith("#")).map((line) => line.split(/\s+/)[1] ?? "");
  const all = points.map((point) => point.replace(/\/$/, ""));
  return all.filter((point) => point !== "" && `${root}/`.startsWith(`${point}/`));
}

function sayFacts(session: Session): void {
  const { machine } = session;
  const { tree, gaps } = machine;
  session.say("uid 0");
  session.say(`machine ${tree.find("/etc/machine-id") ? tree.read("/etc/machine-id").trim() : ""}`);
  session.say(`kernel ${tree.read("/proc/sys/kernel/osrelease").trim()}`);
  if (tree.find("/run/systemd/system")) session.say("boot systemd");
  for (const gap of gaps) session.say(`gap ${gap}`);
  const fields = (file: "passwd" | "group", count: number) =>
    accounts(machine, file)
      .filter((parts) => parts.length > 1)
      .map((parts) => `${[parts[0], ...parts.slice(2, count)].join(":")}\n`)
      .join("");
  session.list("passwd", fields("passwd", 4));
  session.list("group", fields("group", 3));
}
