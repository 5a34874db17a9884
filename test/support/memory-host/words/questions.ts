import { Failure } from "../failure";
import { type Inode, identityOf, statFields } from "../inode";
import { accounts } from "../machine";
import type { Serve } from "../request";
import { piecesOf } from "../request";
import type { Session } from "../session";
import { firstUnsafe, hostFile, isSound, resolvePath } from "../way";
import { sha256 } from "./registry";

/** Looks at files of the jail and of its host: 75-files.sh of the real agent, and the small looks beside it. */

const textLimit = 65_536;

/** Gives a regular file of the jail to which no link leads; undefined for anything else. */
function jailFile(session: Session, path: string): Inode | undefined {
  const inode = session.entered && isSound(session, path) ? session.find(path) : undefined;
  return inode?.type === "file" ? inode : undefined;
}

export const sums: Serve = (session, { data }) => {
  const lines = piecesOf(data, "\n").flatMap((path) => {
    try {
      const file = path.startsWith("/") ? hostFile(session.machine, path) : jailFile(session, path);
      return file ? [`size ${file.content.length} ${path}`, `${sha256(file.content)}  ${path}`] : [];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return [`refused ${path}`, `why ${error.message}`];
    }
  });
  session.lines("sums", lines.join("\n"));
};

export const places: Serve = (session, { data }) => {
  for (const path of piecesOf(data, "\n")) {
    const unsafe = firstUnsafe(session.machine, path);
    if (unsafe) session.say(`unsafe ${unsafe.text}`);
    const inode = session.machine.tree.find(path);
    session.say(`place ${inode ? statFields(inode) : "-"} ${path}`);
    if (inode?.type === "link") session.say(`target ${inode.content}`);
    // No process of a host in memory has bound a socket.
    if (inode?.type === "socket") session.say("bound nobody");
  }
};

export const devices: Serve = (session, { data }) => {
  const gone = piecesOf(data).filter((path) => !session.find(path));
  const said = gone.map((path) => `stat: cannot statx '${path}': No such file or directory`).join("\n");
  const found = piecesOf(data).flatMap((path) => {
    const inode = session.find(path);
    const [major = 0, minor = 0] = /device$/.test(inode?.type ?? "")
      ? (inode?.content.split(":").map(Number) ?? [])
      : [];
    return inode ? [`${major.toString(16)}:${minor.toString(16)} ${path}\n`] : [];
  });
  if (session.entered) session.lines("devices", found.join(""), new Failure(said, gone.length > 0 ? 123 : 0));
};

export const text: Serve = (session, { data }) => {
  const isOnHost = data.startsWith("/");
  if (isOnHost ? !isPassable(session, data) : !jailFile(session, data)) throw new Failure("");
  const file = isOnHost ? readable(session, data) : jailFile(session, data);
  const isEverybodys = ((file?.mode ?? 0) & 0o004) !== 0;
  session.list(
    "text",
    isEverybodys ? (file?.content ?? "").slice(0, textLimit) : "",
    new Failure("", isEverybodys ? 0 : 1),
  );
};

/** Whether everybody may go through all directories above a file of the host. */
function isPassable({ machine: { tree }, machine }: Session, path: string): boolean {
  const real = resolvePath(machine, path);
  const above = real?.path.split("/").slice(1, -1) ?? [];
  const ways = above.map((_, index) =>
    tree.find(`/${above.slice(0, index + 1).join("/")}`, tree.root, { follow: true }),
  );
  return real !== undefined && ways.every((inode) => ((inode?.mode ?? 0) & 1) !== 0);
}

/** Gives a file of the host; undefined where users other than root could have put it there. */
function readable({ machine }: Session, path: string): Inode | undefined {
  try {
    return hostFile(machine, path);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

export const logins: Serve = (session, { data }) => {
  const file = jailFile(session, data);
  if (!file) throw new Failure("");
  session.list("text", file.content.slice(0, textLimit).replace(/^([^:\n]*):[^:\n]*:/gm, "$1:x:"));
};

/** Tells the files of the jail that are ELF or begin with `#!`. */
export const programs: Serve = (session, { data }) => {
  for (const path of piecesOf(data)) {
    const { content = "" } = jailFile(session, path) ?? {};
    if (/^(\x7fELF|#!)/.test(content)) session.say(`program ${path}`);
  }
};

/** A tree in memory has no flags: its tool tells of no path. */
export const flags: Serve = (session) => session.lines("flags", "");

/** The clock of a host in memory goes on by a second with each change. */
export const times: Serve = (session, { data }) => {
  if (!session.entered) return;
  session.say(`now ${session.machine.tree.changes}`);
  const gone = piecesOf(data).filter((path) => !session.find(path));
  const said = gone.map((path) => `stat: cannot statx '${path}': No such file or directory`).join("\n");
  const found = piecesOf(data).flatMap((path) => session.find(path) ?? []);
  const lines = found.map((inode) => `${identityOf(inode)} ${inode.changed}\n`);
  session.lines("times", lines.join(""), new Failure(said, gone.length > 0 ? 123 : 0));
};

/** No process of a host in memory uses an entry, or has the jail as its root. */
export const uses: Serve = (session, { data }) => {
  if (session.entered) session.list("uses", `${unknownUses(session, piecesOf(data))}whole\0`);
};

/** The record that uses are unknown, as a path is not there; else nothing. */
export function unknownUses(session: Session, paths: readonly string[]): string {
  const isWhole = paths.every((path) => session.find(path));
  return isWhole ? "" : "unknown its entries change, or cannot be looked at\n\0";
}

export const processes: Serve = (session) => {
  if (!session.entered) return;
  session.say("more 0");
  session.say("whole");
};

/** Looks names up; the service behind the host's files has none. */
export const names: Serve = (session, { a, data }) => {
  const database = a === "passwd" ? "passwd" : "group";
  for (const name of piecesOf(data, "\n")) {
    const found = accounts(session.machine, database).find(([one]) => one === name);
    if (found) session.say(`${database} ${name}:${found.slice(2, database === "passwd" ? 4 : 3).join(":")}`);
  }
};
