import { createHash } from "node:crypto";
import { registryHome } from "../../../../provider/agent/site";
import { Failure } from "../failure";
import type { Inode } from "../inode";
import { ownerNames } from "../machine";
import type { Serve } from "../request";
import type { Session } from "../session";
import { unplace } from "./staging";

/** The registry, its lock and its files: 30-registry.sh of the real agent. */

export const registry: Serve = async (session, { a, b, c }) => {
  const { tree, locks } = session.machine;
  const directory = `${registryHome}/${a}`;
  const isChange = b === "-x";
  session.registry = directory;
  for (;;) {
    if (isChange) makePrivate(session, directory);
    const inode = tree.find(directory);
    if (!inode && !isChange) return;
    for (const at of [registryHome, directory]) expectPrivate(session, at);
    if (inode && !session.machine.gaps.has("flock") && !(await locks.take(session, inode, isChange, Number(c)))) {
      session.say("busy");
      throw new Failure("");
    }
    // The session that had it may have removed it.
    if (tree.find(directory) === inode) break;
    locks.release(session);
  }
  if (isChange) beginChange(session);
};

function makePrivate({ machine: { tree } }: Session, directory: string): void {
  for (const at of [registryHome, directory]) if (!tree.find(at)) tree.mkdir(at, 0o700);
}

function expectPrivate(session: Session, at: string): void {
  const inode = session.machine.tree.get(at);
  if (inode.type === "directory" && inode.uid === 0 && inode.mode === 0o700) return;
  session.registry = undefined;
  throw new Failure(`${at} is ${ownerNames(session.machine, inode)} ${inode.mode.toString(8)}, not root's 0700`);
}

/** Starts a change. Seals of a run that was cut short are put aside until a look has compared them. */
function beginChange(session: Session): void {
  const { tree } = session.machine;
  session.changing = tree.get(session.inRegistry(""));
  session.staged = tree.find(session.inRegistry(".staged"))
    ? tree.read(session.inRegistry(".staged")).split("\n").filter(Boolean)
    : [];
  const numbers = session.registryFiles("left").map((name) => Number(name.split("/")[1]));
  let number = Math.max(0, ...numbers);
  for (const name of session.registryFiles("sealed")) {
    if (!tree.find(session.inRegistry("left"))) tree.mkdir(session.inRegistry("left"), 0o700);
    number++;
    tree.rename(session.inRegistry(name), session.inRegistry(`left/${number}`));
  }
}

export const records: Serve = (session) => {
  const { tree } = session.machine;
  const inode = session.registry === undefined ? undefined : tree.find(session.registry);
  if (!inode) return;
  session.lines("records", printed(session, recordFiles(session, session.inRegistry(""))));
  const known = session.inRegistry("permissions.findings");
  if (tree.find(known)?.type === "file") session.list("findings", tree.read(known));
  for (const [name, { type }] of [...inode.children].sort(byName))
    if (/^[^.].*\.json$/s.test(name) && type !== "file") session.say(`odd ${name}`);
  for (const directory of ["left", "sealed"])
    for (const name of session.registryFiles(directory)) session.list("left", tree.read(session.inRegistry(name)));
  if (!session.isChange) return;
  for (const name of session.registryFiles(""))
    if (name.startsWith("permissions.") && !name.endsWith(".history"))
      session.say(`document ${name} ${sha256(tree.read(session.inRegistry(name)))}  -`);
};

function byName([one]: [string, Inode], [other]: [string, Inode]): number {
  return one < other ? -1 : 1;
}

export function sha256(bytes: string): string {
  return createHash("sha256").update(bytes, "latin1").digest("hex");
}

/** The paths of the records in a registry. */
function recordFiles({ machine: { tree } }: Session, directory: string): string[] {
  const at = directory.replace(/\/$/, "");
  const files = [...(tree.find(at)?.children ?? [])].filter(([name]) => /^[^.].*\.json$/s.test(name)).sort(byName);
  return files.filter(([, { type }]) => type === "file").map(([name]) => `${at}/${name}`);
}

/** Prints files as `tail -v` does: each behind a line with its name. */
function printed({ machine: { tree } }: Session, paths: readonly string[]): string {
  return paths.map((path) => `==> ${path} <==\n${tree.read(path)}`).join("\n");
}

/** The records in all registries that have a line which says so. */
function matching(session: Session, isMatch: (line: string) => boolean): string {
  const { tree } = session.machine;
  const homes = [...(tree.find(registryHome)?.children ?? [])].sort(byName);
  const files = homes.flatMap(([name]) => recordFiles(session, `${registryHome}/${name}`));
  const found = files.filter((path) => tree.read(path).split("\n").some(isMatch));
  return printed(session, found);
}

export const neighbours: Serve = (session) => {
  session.lines(
    "neighbours",
    matching(session, (line) => /"(root|hostLink)": "|"path": "\//.test(line)),
  );
};

/** Tells the records of jails that the root may lie in, or that may lie in it, where there are other jails. */
export function sayNested(session: Session): void {
  const { root, registry: own } = session;
  const homes = [...(session.machine.tree.find(registryHome)?.children.keys() ?? [])];
  if (homes.every((name) => `${registryHome}/${name}` === own)) return;
  const names = root.split("/");
  const ups = names.slice(2).map((_, index) => `"root": "${names.slice(0, index + 2).join("/")}"`);
  const texts = /["\\]/.test(root) ? ['"root": "/'] : [`"root": "${root}/`, ...ups];
  session.lines(
    "nested",
    matching(session, (line) => texts.some((text) => line.includes(text))),
  );
}

export const put: Serve = (session, { b, data }) => {
  const { tree } = session.machine;
  session.expectRegistry(".new");
  tree.write(session.inRegistry(".new"), data, 0o600);
  tree.rename(session.inRegistry(".new"), session.inRegistry(b));
};

export const drop: Serve = (session, { a }) => {
  session.machine.tree.remove(session.inRegistry(a));
};

/** Adds repairs to the list of the last 1,000. */
export const history: Serve = (session, { data }) => {
  const { tree } = session.machine;
  const list = session.inRegistry("permissions.history");
  const before = tree.find(list)?.type === "file" ? tree.read(list).slice(-4_194_304).split("\n") : [];
  const when = new Date(tree.changes * 1000).toISOString().replace(/\.\d+/, "");
  const added = data.split("\n").map((line) => `{"when":"${when}",${line}`);
  const kept = [...before, ...added].filter((line) => /^\{"when":"[-0-9TZ:]*",".*\}$/.test(line)).slice(-1000);
  tree.remove(list);
  tree.write(list, kept.map((line) => `${line}\n`).join(""), 0o600);
};

/** Removes everything that a change has staged, and a registry without records. */
export const tidy: Serve = (session) => {
  const { tree } = session.machine;
  unplace(session);
  if (recordFiles(session, session.inRegistry("")).length > 0) return;
  if (!tree.find(session.inRegistry("sealed")) && !tree.find(session.inRegistry("left")))
    for (const name of session.registryFiles(""))
      if (name.startsWith("permissions.")) tree.remove(session.inRegistry(name));
  removeIfEmpty(session);
};

/** Removes a registry without records at the end of a change. */
export function removeIfEmpty(session: Session): void {
  const { tree } = session.machine;
  if (session.registry === undefined || tree.find(session.registry)?.children.size !== 0) return;
  tree.rmdir(session.registry);
  session.registry = undefined;
}
