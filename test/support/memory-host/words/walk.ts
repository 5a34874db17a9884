import { maxDepth, maxPathBytes, quarantineName, stagingName } from "../../../../provider/model/path";
import { Failure, Refused } from "../failure";
import type { Inode } from "../inode";
import { mountPoints } from "../machine";
import type { Serve } from "../request";
import { piecesOf } from "../request";
import type { Session } from "../session";

/** The walks over a jail, and their zones: 40-look.sh of the real agent. */

export const zone: Serve = (session, { a, b, data }) => {
  if (a !== "") session.expectRegistry(".zone");
  session.zone = a === "" ? undefined : piecesOf(data);
  session.depth = b === "" ? maxDepth : Number(b);
};

export const skip: Serve = (session, { data }) => {
  session.skipped = new Set(data.split("\n").map((pattern) => pattern.replace(/\\([[\]*?\\])/g, "$1")));
};

export interface Walk {
  /** Entries by path (`.//a/b`), directories before their entries. */
  readonly found: readonly (readonly [path: string, inode: Inode])[];
  /** The end of a walk as find tells it. */
  readonly failed: Failure;
}

/** Walks through the zone. `isPruned` names further directories that the walk does not enter. */
export function walk(session: Session, isPruned: (path: string, inode: Inode) => boolean = () => false): Walk {
  const { jail, machine } = session;
  const mounts = new Set(mountPoints(machine, session.root).map((point) => `.//${point}`));
  const found: [string, Inode][] = [];
  const failures: string[] = [];
  const visit = (path: string, inode: Inode, depth: number) => {
    if (mounts.has(path) || isOurOwn(session, path, inode)) return;
    found.push([path, inode]);
    const isLeft = path.length >= maxPathBytes || session.skipped.has(path.slice(3)) || depth >= session.depth;
    if (inode.type !== "directory" || isLeft || isPruned(path, inode)) return;
    const below = path.endsWith("/") ? path : `${path}/`;
    for (const [name, child] of inode.children) visit(`${below}${name}`, child, depth + 1);
  };
  for (const top of session.zone ?? [".//"]) {
    try {
      visit(top, machine.tree.get(top, jail), 0);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      failures.push(`find: '${top}': ${error.message}`);
    }
  }
  const status = failures.length === 0 ? 0 : session.zone ? 123 : 1;
  return { found, failed: new Failure(failures.join("\n"), status) };
}

/** The quarantine, while root alone can enter it, and this session's staging directory. */
function isOurOwn({ made }: Session, path: string, { type, uid, mode, number }: Inode): boolean {
  if (path === `.//${quarantineName}`) return type === "directory" && uid === 0 && mode === 0o700;
  return path === `.//${stagingName}` && number === made;
}
