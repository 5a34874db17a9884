import { stagingName } from "../../../../provider/model/path";
import { Refused } from "../failure";
import { type Inode, isCold } from "../inode";
import type { Session } from "../session";
import { firstUnsafe } from "../way";

/** The directories that files are staged in, and their end: 30-registry.sh of the real agent. */

/** The staging directory in the jail's root. */
export const stagingInJail = `./${stagingName}`;

/** Removes everything that was staged, including the leftovers of a killed run. */
export function unplace(session: Session): void {
  const { tree } = session.machine;
  for (const base of new Set([...session.staged, stagingInJail])) {
    const isOurs = base.startsWith("./")
      ? session.entered !== undefined && isCold(session.entered)
      : !firstUnsafe(session.machine, base);
    if (isOurs) emptyStaging(session, base);
  }
  session.staged = [];
  session.staging = undefined;
  session.made = undefined;
  if (session.registry !== undefined) tree.remove(`${session.registry}/.staged`);
}

/** Removes a staging directory and our own directories in it. It touches nothing below those. */
export function emptyStaging(session: Session, base: string): void {
  const { tree } = session.machine;
  const inode = session.find(base);
  if (inode?.type !== "directory" || inode.uid !== 0) return;
  if (inode.mode === 0o711) {
    const ours = /^[0-9a-f]*-[0-9a-f]{8}$/;
    for (const name of [...inode.children.keys()]) if (ours.test(name)) unmake(session, `${base}/${name}`);
  } else if (inode.mode !== 0o700 && inode.mode !== 0o2700) return;
  ifPossible(() => tree.rmdir(base, session.entered));
}

/** Removes a directory that one file was staged in. */
export function unmake(session: Session, path: string): void {
  const { tree } = session.machine;
  const inode = session.find(path);
  if (inode?.type !== "directory") return;
  for (const [name, { type }] of [...inode.children]) if (type !== "directory") tree.unlink(name, inode);
  ifPossible(() => tree.rmdir(path, session.entered));
}

/** Makes a directory of root's if nothing is there. Setgid above it, which it inherits, is taken away. */
export function makeOwnDirectory(session: Session, path: string, mode: number): Inode {
  const { tree } = session.machine;
  const there = session.find(path);
  if (there?.uid === 0 && there.mode === 0o2700) ifPossible(() => tree.rmdir(path, session.entered));
  const known = session.find(path);
  if (known) return known;
  const made = tree.mkdir(path, 0o700, session.entered);
  tree.chmod(made, mode);
  return made;
}

/** Does something that a tree may refuse. */
function ifPossible(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
