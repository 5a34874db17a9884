import { quarantineName } from "../../../../provider/model/path";
import { Failure, forEach } from "../failure";
import { mountPoints } from "../machine";
import type { Serve } from "../request";
import { piecesOf } from "../request";
import type { Session } from "../session";
import { isSound } from "../way";
import { unknownUses } from "./questions";
import { makeOwnDirectory } from "./staging";

/** The quarantine: 62-quarantine.sh of the real agent. No process of a host in memory uses an entry. */

const home = `./${quarantineName}`;

export const quarantine: Serve = (session, { b, data }) => {
  const { tree } = session.machine;
  const items = piecesOf(data);
  session.expectRegistry();
  const { jail } = session;
  const inode = makeOwnDirectory(session, home, 0o700);
  if (inode.type !== "directory" || inode.uid !== 0 || inode.mode !== 0o700 || !hasOwnLists(session))
    throw new Failure(
      `${quarantineName} in the jail is not root's directory with mode 0700, or its index is not root's file`,
    );
  const unknown = b === "anyway" ? "" : unknownUses(session, items.map(pathOf));
  if (unknown !== "" && b === "")
    throw new Failure(
      `it is unknown whether a process is in it: ${unknown.replace(/^unknown |\n.*/gs, "")}; or move it away yourself`,
    );
  if (unknown !== "") {
    session.list("moved", unknown);
    return;
  }
  const time = stamp(new Date());
  let number = listed(session, "index")
    .split("\n")
    .filter((line) => line.startsWith(`${time}-`)).length;
  const moved: string[] = [];
  const move = (item: string) => {
    const path = pathOf(item);
    const note = item.slice(0, Math.max(0, item.length - path.length - 1));
    expectMovable(session, path);
    while (tree.find(`${home}/${time}-${number}`, jail)) number++;
    const name = `${time}-${number}`;
    append(session, "index", `${name} ${note}\n`);
    append(session, "places", `${name} ${path.slice(3)}\0`);
    number++;
    tree.rename(path, `${home}/${name}`, jail);
    moved.push(`moved ${name}\n${path}\0`);
  };
  try {
    forEach(items, move, (item, why) => `mv: cannot stat '${pathOf(item)}': ${why}`);
  } finally {
    session.list("moved", moved.join(""));
  }
};

/** An item is a path, or a note on a line of its own and the path. */
function pathOf(item: string): string {
  return item.startsWith(".//") ? item : item.slice(item.indexOf("\n") + 1);
}

function stamp(date: Date): string {
  return date
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+Z$/, "");
}

function listed(session: Session, name: "index" | "places"): string {
  const { tree } = session.machine;
  return tree.find(`${home}/${name}`, session.jail) ? tree.read(`${home}/${name}`, session.jail) : "";
}

function append(session: Session, name: "index" | "places", text: string): void {
  session.machine.tree.write(`${home}/${name}`, listed(session, name) + text, 0o600, session.jail);
}

/** Whether no other user put its index and places there. */
function hasOwnLists(session: Session): boolean {
  return ["index", "places"].every((name) => {
    const inode = session.find(`${home}/${name}`);
    return !inode || (inode.type === "file" && inode.uid === 0 && inode.links === 1);
  });
}

function expectMovable(session: Session, path: string): void {
  const at = path.slice(3);
  if (!isSound(session, path)) throw new Failure(`${path}: above it is something else than a directory`);
  const mounts = mountPoints(session.machine, session.root);
  if (mounts.some((point) => point === at || point.startsWith(`${at}/`)))
    throw new Failure(`${path}: a mount point is there, or below it`);
  if (mounts.some((point) => at.startsWith(`${point}/`))) throw new Failure(`${path}: it is below a mount point`);
}

/** Removes things that have been in the quarantine for longer than some days, and tells how many. */
export const expire: Serve = (session, { a }) => {
  const { tree } = session.machine;
  const inode = session.entered ? session.find(home) : undefined;
  if (inode?.type !== "directory") return;
  const oldest = stamp(new Date(Date.now() - Number(a) * 86_400_000)).slice(0, 8);
  const isOld = (name: string) => /^\d{8}T\d{6}-\d+$/.test(name) && name.slice(0, 8) < oldest;
  const gone = [...inode.children.keys()].filter(isOld);
  for (const name of gone) tree.remove(`${home}/${name}`, session.jail);
  if (gone.length > 0) relist(session, inode.children);
  session.say(`expired ${gone.length}`);
};

/** Reduces the lists to the things that are still in the quarantine. */
function relist(session: Session, left: ReadonlyMap<string, unknown>): void {
  for (const [name, end] of [
    ["index", "\n"],
    ["places", "\0"],
  ] as const) {
    if (!session.find(`${home}/${name}`)) continue;
    const kept = piecesOf(listed(session, name), end).filter((one) => left.has(one.split(" ")[0] ?? ""));
    const text = kept.map((one) => `${one}${end}`).join("");
    session.machine.tree.write(`${home}/${name}`, text, 0o600, session.jail);
  }
}
