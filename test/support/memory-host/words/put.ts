import { stagingName } from "../../../../provider/model/path";
import { Failure, Refused } from "../failure";
import { type Inode, identityOf } from "../inode";
import type { Serve } from "../request";
import type { Session, Staging } from "../session";
import { expectColdRoot, firstUnsafe, hostFile, isSound } from "../way";
import { sha256 } from "./registry";
import { giveOwners, setAcl, setCapabilities } from "./repair";
import { emptyStaging, makeOwnDirectory, stagingInJail, unmake } from "./staging";

/** Files that are put in place: 80-put.sh of the real agent. */

/** Sets the path that a request is about, and the place where its file is staged. */
function setTarget(session: Session, target: string, key: string): Staging & { readonly base: string } {
  session.staging = undefined;
  const base = target.startsWith("/") ? `${parentOf(target)}/${stagingName}` : stagingInJail;
  if (target.startsWith("/")) {
    const directory = parentOf(target);
    const isSystems = /^\/etc\/(systemd\/system\/.*\.wants|tmpfiles\.d)$/.test(directory);
    if (isSystems && !firstUnsafe(session.machine, directory)) makeOwnDirectory(session, directory, 0o755);
    session.expectSafe(target);
  } else expectColdRoot(session);
  const name = target.slice(target.lastIndexOf("/") + 1);
  const stage = `${base}/${key}`;
  session.staging = { target, stage, name, old: `${stage}/${name === ".old" ? ".older" : ".old"}` };
  return { ...session.staging, base };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function stagingOf({ staging }: Session): Staging {
  if (!staging) throw new Failure("");
  return staging;
}

export const at: Serve = (session, { b, c, data }) => {
  const { tree } = session.machine;
  const { base, stage } = setTarget(session, data, b);
  session.staged = [...session.staged, base];
  tree.write(session.inRegistry(".staged"), session.staged.map((one) => `${one}\n`).join(""), 0o600);
  if (base === stagingInJail && session.made === undefined) {
    emptyStaging(session, base);
    if (session.find(base))
      throw new Failure(
        `${stagingName} in the root of the jail was not made by this run: check its contents, and remove it`,
      );
  }
  const { type, uid, mode, number } = makeOwnDirectory(session, base, 0o711);
  if (type !== "directory" || uid !== 0 || mode !== 0o711)
    throw new Failure(`${stagingName} beside it is not root's directory with mode 0711`);
  if (base === stagingInJail) session.made = number;
  unmake(session, stage);
  const made = tree.mkdir(stage, 0o700, session.entered);
  if (c !== "") {
    tree.chown(made, 0, Number(c));
    tree.chmod(made, 0o710);
  }
  session.say("room 1048576");
};

export const fill: Serve = (session, { b, data }) => takeContent(session, data, data.length, b);

export const copy: Serve = (session, { b, c, data }) => {
  const file = hostFile(session.machine, data);
  if (!file) throw new Failure(notWhole);
  takeContent(session, file.content, Number(b), c);
};

const notWhole = "it has not come whole (is the file system full or read-only?)";

/** Does a system call; where the tree refuses it the request fails with these words. */
function orFail<T>(work: () => T, said: (why: string) => string): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refused ? new Failure(said(error.message)) : error;
  }
}

function takeContent(session: Session, content: string, size: number, sum: string): void {
  const { stage, name } = stagingOf(session);
  const inode = orFail(
    () => session.machine.tree.write(`${stage}/${name}`, content, 0o600, session.entered),
    () => notWhole,
  );
  if (content.length !== size) throw new Failure(notWhole);
  if (sha256(content) !== sum) throw new Failure("it was changed while it was read");
  session.say(`inode ${identityOf(inode)}`);
}

export const symlink: Serve = (session, { data }) => {
  const { stage, name } = stagingOf(session);
  session.machine.tree.symlink(data, `${stage}/${name}`, session.entered);
};

export const device: Serve = (session, { a, b, c }) => {
  const { stage, name } = stagingOf(session);
  const type = a === "b" ? "block device" : "character device";
  session.machine.tree.mknod(`${stage}/${name}`, type, 0o600, { numbers: `${b}:${c}`, from: session.entered });
};

export const fields: Serve = (session, { a, b, c }) => {
  const { stage, name } = stagingOf(session);
  const { tree } = session.machine;
  const file = `${stage}/${name}`;
  const inode = orFail(
    () => tree.get(file, session.entered),
    (why) => `chown: cannot access '${file}': ${why}`,
  );
  const [entries = "-", ...capabilities] = c.split(" ");
  giveOwners(tree, inode, a);
  if (entries !== "-") setAcl(tree, inode, entries);
  tree.chmod(inode, Number.parseInt(b, 8));
  if (capabilities.length > 0) setCapabilities(tree, inode, { text: capabilities.join(" "), path: file });
};

export const place: Serve = (session, { b, data }) => {
  const { target, stage, name, old } = setTarget(session, data, b);
  const { tree } = session.machine;
  const isThere = isSound(session, target) && session.find(parentOf(target), true)?.type === "directory";
  if (!target.startsWith("/") && !isThere) {
    session.say("absent");
    return;
  }
  const staged = session.find(stage);
  if (!staged) throw new Failure("its directory is on another file system than the root of the jail");
  tree.chmod(staged, 0o700);
  const there = session.find(target);
  if (there?.type === "link") tree.symlink(there.content, old, session.entered);
  else if (there?.type === "file") {
    backUp(session, b, there);
    tree.link(there, old, session.entered);
  }
  move(session, `${stage}/${name}`, target);
};

function move(session: Session, from: string, to: string): void {
  if (session.find(to)?.type === "directory")
    throw new Failure(`mv: cannot overwrite directory '${to}' with non-directory`);
  session.machine.tree.rename(from, to, session.entered);
}

/** Copies the old file into the registry, with a line in the index there. */
function backUp(session: Session, key: string, file: Inode): void {
  const { tree } = session.machine;
  const { target } = stagingOf(session);
  const was = target.startsWith("/") ? target : `${session.root}/${target.slice(3)}`;
  const kept = session.inRegistry("backup");
  if (!tree.find(kept)) tree.mkdir(kept, 0o700);
  const index = tree.find(`${kept}/index`) ? tree.read(`${kept}/index`) : "";
  const others = index.split("\n").filter((line) => line !== "" && !line.startsWith(`${key} `));
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  tree.write(`${kept}/index`, [...others, `${key} ${now} ${was}`, ""].join("\n"), 0o600);
  tree.write(`${kept}/${key}`, file.content, 0o600);
}

/** Takes away the file that was put there. The old one comes back, the same inode. */
export const back: Serve = (session, { b, data }) => {
  const { target, old } = setTarget(session, data, b);
  const there = session.find(old);
  if (there?.type === "file" || there?.type === "link") move(session, old, target);
  else removeName(session, target);
};

export const remove: Serve = (session, { data }) => removeName(session, data);

function removeName(session: Session, path: string): void {
  const inode = session.find(path);
  if (inode?.type === "directory") throw new Failure(`rm: cannot remove '${path}': Is a directory`);
  if (inode) session.machine.tree.unlink(path, session.entered);
}
