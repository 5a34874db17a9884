import { Failure } from "./failure";
import { type Inode, isCold, isKept, isOwnersAlone, typeWord } from "./inode";
import { type Machine, ownerNames } from "./machine";
import type { Session } from "./session";

/** The ways to files, and who may change them: 10-place.sh, 60-change.sh and 73-way.sh of the real agent. */

/** Whether everything on the way to a path (`.//a/b`) is a directory, as far as it exists. */
export function isSound(session: Session, path: string): boolean {
  let way = session.entered;
  for (const name of path
    .replace(/^\.\/+/, "")
    .split("/")
    .slice(0, -1)) {
    way = way?.children.get(name);
    if (!way) return true;
    if (way.type !== "directory") return false;
  }
  return true;
}

/** Gives an entry of the jail for a tool that follows links; it fails for one that is a link or below one. */
export function firm(session: Session, path: string): Inode {
  if (session.find(path)?.type === "link" || !isSound(session, path))
    throw new Failure(`${path}: a link is in its place or above it: left alone`);
  return session.machine.tree.get(path, session.jail);
}

/** The first obstacle on the way to a path of the host, in the words of `unsafe_above`. */
export interface Obstacle {
  readonly is: "open" | "absent" | "nodir";
  readonly at: string;
  readonly text: string;
}

/**
 * Finds the first directory above a path that is no directory, or in which users other than root can replace the way to it or the path
 * itself.
 */
export function firstUnsafe(machine: Machine, path: string): Obstacle | undefined {
  let above: Inode = rootAbove;
  let up = "/";
  for (const at of waysTo(path)) {
    const here = machine.tree.find(at);
    if (!isKept(above, here?.uid ?? 1)) {
      const owners = `${ownerNames(machine, above)}:${above.mode.toString(8)}`;
      return { is: "open", at: up, text: `open ${owners} ${up}` };
    }
    if (at === path) return undefined;
    if (!here) return { is: "absent", at, text: `absent - ${at}` };
    if (here.type !== "directory") return { is: "nodir", at, text: `nodir - ${at}` };
    above = here;
    up = at;
  }
  return undefined;
}

/** Root alone may put another directory in the place of `/`. */
const rootAbove = { uid: 0, mode: 0o755 } as Inode;

/** `/`, and the paths of all directories on the way to a path, and itself. */
export function waysTo(path: string): string[] {
  const names = path.slice(1).split("/");
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}

/** A path of the host without links, as far as only root can change it, and the first directory where others can. */
interface Real {
  readonly path: string;
  readonly hot: Obstacle | undefined;
}

/** Follows a path of the host, link by link; undefined where it leads nowhere. */
export function resolvePath(machine: Machine, path: string): Real | undefined {
  const { tree } = machine;
  let real = path;
  for (let hops = 40; hops > 0; hops--) {
    const hot = firstUnsafe(machine, real);
    if (hot?.is === "absent") return undefined;
    if (hot?.is === "open") return { path: real, hot };
    const link = hot?.at ?? real;
    const inode = tree.find(link);
    if (inode?.type !== "link") return hot ? undefined : { path: real, hot };
    const to = inode.content.startsWith("/") ? inode.content : `${link.replace(/\/[^/]*$/, "")}/${inode.content}`;
    real = to + real.slice(link.length);
  }
  return undefined;
}

/** Checks that everything from the first directory that others may write in belongs to its owner alone. */
function expectOwnersWay(machine: Machine, { path, hot }: Real): void {
  const top = hot?.at ?? "";
  const owner = machine.tree.get(top).uid;
  const ways = waysTo(path).filter((at) => at === top || at.startsWith(`${top}/`));
  for (const at of ways) {
    const here = machine.tree.get(at);
    const isGood = at === path ? here.uid === owner && here.type === "file" : isOwned(here, owner);
    if (isGood) continue;
    const [user, group, mode] = (hot?.text.split(" ")[1] ?? "").split(":");
    throw new Failure(
      `other users than root may write in ${top} (${user}:${group} ${mode}): from there only a file of ${user} is taken, without a link, and ` +
        `only from directories where no other user may write, and ${at} is not such an entry (${typeWord(here)}, ${ownerNames(machine, here)} ` +
        `${here.mode.toString(8)}): correct that, or name a file where only root may write`,
    );
  }
}

function isOwned({ type, uid, mode }: Inode, owner: number): boolean {
  return type === "directory" && isOwnersAlone(uid, mode, owner);
}

/** Gives a regular file of the host; undefined where there is none. It fails for one that others could have put there. */
export function hostFile(machine: Machine, path: string): Inode | undefined {
  const real = resolvePath(machine, path);
  if (!real) return undefined;
  if (real.hot) {
    if (!machine.tree.find(real.path)) return undefined;
    expectOwnersWay(machine, real);
  }
  const inode = machine.tree.find(real.path);
  return inode?.type === "file" ? inode : undefined;
}

/** Fails where users other than root may write in the jail's root. */
export function expectColdRoot(session: Session): void {
  if (!isCold(session.jail)) throw new Failure("other users than root may write in the root of the jail");
}
