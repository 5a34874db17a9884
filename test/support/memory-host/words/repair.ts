import { capabilitiesProblem, parseCapabilities } from "../../../../provider/model/capability";
import { Failure, forEach, Refused } from "../failure";
import type { Inode } from "../inode";
import type { Serve } from "../request";
import { piecesOf } from "../request";
import type { Session } from "../session";
import type { Tree } from "../tree";
import { firm, isSound } from "../way";

/** Repairs of entries: 60-change.sh of the real agent. */

export const mkdir: Serve = (session, { data }) => {
  const { tree } = session.machine;
  const { jail } = takeList(session);
  forEach(
    piecesOf(data),
    (path) => {
      if (!isSound(session, path)) throw new Failure(`${path}: above it is something else than a directory`);
      tree.mkdir(path, 0o700, jail);
    },
    (path, why) => `mkdir: cannot create directory '${path}': ${why}`,
  );
};

export const chown: Serve = (session, { b, data }) => {
  onNonlinks(session, "chown", data, (inode) => giveOwners(session.machine.tree, inode, b));
};

export function giveOwners(tree: Tree, inode: Inode, ids: string): void {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(ids) ?? [];
  if (gid === undefined)
    throw new Failure(`chown: invalid option -- '${ids.charAt(1)}'\nTry 'chown --help' for more information.`);
  tree.chown(inode, Number(uid), Number(gid));
}

export const chmod: Serve = (session, { b, data }) => {
  onNonlinks(session, "chmod", data, (inode) => session.machine.tree.chmod(inode, Number.parseInt(b, 8)));
};

export const acl: Serve = (session, { b, data }) => {
  onNonlinks(session, "setfacl", data, (inode) => setAcl(session.machine.tree, inode, b));
};

/** Gives an entry this ACL in place of its own, as `setfacl -Pbk -m` does with a mask, or a group's entry. */
export function setAcl(tree: Tree, inode: Inode, text: string): void {
  const entries = text.split(",");
  const isKept = (entry: string) => !/^(mask|user|other)::/.test(entry);
  const hasMask = entries.includes("mask::---");
  inode.acl = entries.filter((entry) => isKept(entry) && (hasMask || !entry.startsWith("group::"))).sort();
  tree.chmod(inode, inode.mode & ~0o070);
}

export const powers: Serve = (session, { b, c, data }) => {
  onNonlinks(session, "setcap", data, (inode, path) =>
    setCapabilities(session.machine.tree, inode, { text: `${b} ${c}`.trim(), path }),
  );
};

/** Gives a file capabilities, as setcap does; the path is for its complaint. */
export function setCapabilities(tree: Tree, inode: Inode, { text, path }: { text: string; path: string }): void {
  const parsed = text === "" ? { text } : parseCapabilities(text);
  if ("problem" in parsed || (text !== "" && capabilitiesProblem(text) !== undefined))
    throw new Failure(
      "NOTE: Under Linux, effective file capabilities must either be empty, or\n      exactly match the union of selected " +
        `permitted and inheritable bits.\nInvalid file '${path}' for capability operation`,
    );
  inode.capabilities = parsed.text;
  tree.touch(inode);
}

/** Does one thing to entries that are no links and below none, and refuses the others. */
function onNonlinks(session: Session, tool: string, data: string, work: (inode: Inode, path: string) => void): void {
  takeList(session);
  forEach(
    piecesOf(data),
    (path) => work(firm(session, path), path),
    (path, why) => (tool === "setfacl" ? `setfacl: ${path}: ${why}` : `${tool}: cannot access '${path}': ${why}`),
  );
}

/** Keeps a list of paths for a command in the jail. */
function takeList(session: Session): { readonly jail: Inode } {
  session.expectRegistry();
  return { jail: session.jail };
}

/** Removes files, links and devices; they may have gone already. */
export const clear: Serve = (session, { data }) => {
  takeList(session);
  forEach(
    piecesOf(data),
    (path) => {
      if (!isSound(session, path)) throw new Failure(`${path}: above it is something else than a directory`);
      if (session.find(path)) session.machine.tree.unlink(path, session.jail);
    },
    (path, why) => `rm: cannot remove '${path}': ${why}`,
  );
};

/** Removes directories that are empty, the deepest first. */
export const empty: Serve = (session, { data }) => {
  const { jail } = takeList(session);
  for (const path of piecesOf(data)) if (isSound(session, path)) tryRmdir(session, path, jail);
};

/** Removes an empty root, and then directories on the way to it. */
export const uproot: Serve = (session, { data }) => {
  const { root, entered } = session;
  session.expectRegistry();
  if (entered) {
    tryRmdir(session, `${root}/.pulumi-chroot`);
    session.entered = undefined;
    if (!tryRmdir(session, root)) {
      session.say("kept");
      return;
    }
  }
  for (const path of piecesOf(data)) if (!tryRmdir(session, path)) return;
};

function tryRmdir({ machine: { tree } }: Session, path: string, from = tree.root): boolean {
  try {
    tree.rmdir(path, from);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
