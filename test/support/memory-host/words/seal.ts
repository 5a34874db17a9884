import { quarantineName } from "../../../../provider/model/path";
import { type Inode, identityOf, isCold } from "../inode";
import type { Serve } from "../request";
import { piecesOf } from "../request";
import type { Session } from "../session";
import { isSound } from "../way";
import { walk, zone } from "./walk";

/** Directories that are closed for a repair, and opened again: 50-seal.sh of the real agent. */

export const seal: Serve = async (session, asked) => {
  await zone(session, { ...asked, b: "" });
  const { tree } = session.machine;
  const { jail } = session;
  makeSealed(session);
  for (;;) {
    const isHot = (_: string, inode: Inode) => inode.type === "directory" && !isCold(inode);
    const { found, failed } = walk(session, isHot);
    const hot = found.filter(([path, inode]) => isHot(path, inode));
    if (failed.status > 123) throw failed;
    if (hot.length === 0) return;
    session.level++;
    const text = hot.map(([path, inode]) => `${recordOf(path, inode)}\0`).join("");
    tree.write(session.inRegistry(`sealed/${session.level}`), text, 0o600);
    for (const [path] of hot) {
      const inode = tree.get(path, jail);
      tree.chown(inode, 0, inode.gid);
      tree.chmod(inode, path === `.//${quarantineName}` ? 0o700 : inode.mode & ~0o022);
    }
    session.list("sealed", text);
  }
};

function makeSealed(session: Session): void {
  const { tree } = session.machine;
  if (!tree.find(session.inRegistry("sealed"))) tree.mkdir(session.inRegistry("sealed"), 0o700);
  session.isSealed = true;
}

/** A record of a directory as it is; the quarantine's makes it root's. */
function recordOf(path: string, inode: Inode): string {
  const { uid, gid, mode } = inode;
  const fields = path === `.//${quarantineName}` ? `0:${gid} 700` : `${uid}:${gid} ${mode.toString(8)}`;
  return `${identityOf(inode)} 0 ${fields} ${path}`;
}

export const plan: Serve = (session, { data }) => {
  session.expectRegistry(".new");
  makeSealed(session);
  session.machine.tree.write(session.inRegistry("sealed/plan"), data, 0o600);
  session.planned = session.level;
};

export const relax: Serve = (session, { a }) => {
  const { tree } = session.machine;
  if (session.isSealed) openSealed(session);
  if (a === "all") for (const name of ["left", "sealed"]) tree.remove(session.inRegistry(name));
};

/** Opens all levels, the deepest first, and the plan. */
function openSealed(session: Session): void {
  const { tree } = session.machine;
  for (; session.level > (session.planned ?? 0); session.level--) open(session, `sealed/${session.level}`);
  if (session.planned !== undefined) open(session, "sealed/plan");
  tree.remove(session.inRegistry("sealed"));
  session.isSealed = false;
  session.planned = undefined;
  session.level = 0;
}

function open(session: Session, name: string): void {
  const { tree } = session.machine;
  for (const record of piecesOf(tree.read(session.inRegistry(name)))) {
    const [, uid, gid, mode = "", path = ""] = /^\S+ \d+ (\d+):(\d+) ([0-7]+) (\.\/\/.*)$/s.exec(record) ?? [];
    const inode = isSound(session, path) ? session.find(path) : undefined;
    if (inode?.type !== "directory") continue;
    tree.chmod(inode, Number.parseInt(mode, 8));
    tree.chown(inode, Number(uid), Number(gid));
  }
}

/** Opens everything when the agent ends. */
export function openAtEnd(session: Session): void {
  if (session.isSealed && session.entered) openSealed(session);
}
