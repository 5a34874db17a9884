import type { Expectation } from "../../intent/expectation";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { Evidence } from "../../intent/finding-kinds";
import { type Bytes, bytesOf } from "../../model/bytes";
import { principalId } from "../../model/entry";
import type { Observation } from "../../observe/observation";
import { staysCold } from "../seal/stays-cold";

type Jail = Pick<Observation, "entries" | "principals" | "mounts">;

/** A declared jail, as the target of links on the host. */
interface Inside {
  readonly root: string;
  readonly expectation: Expectation;
  readonly observation: Jail;
  /** The files that resources put there. */
  readonly files: { readonly claims: Iterable<FileClaim>; at(path: Bytes): FileClaim | undefined };
  /** The declared mount points. */
  readonly mounts: readonly Bytes[];
}

/**
 * Refuses a link on the host into the jail where, once everything is as declared, users other than root could write files that
 * root reads, sources or runs through the link. For a directory this covers everything below it.
 */
export function ledAstray({ at, by, is }: FileClaim, inside: Inside): Finding | undefined {
  const way = is.type === "link" ? wayOf(is.target, inside, new Set()) : undefined;
  return way && finding("host-link-astray", way, { at, by });
}

/** A place that users other than root may write. */
type Way = Evidence["host-link-astray"];

/** The kernel follows this many links. */
const mostLinks = 40;

/**
 * The first place on the way to a target, link by link, that users other than root may write. `seen` holds the directories
 * already searched.
 */
function wayOf(target: Bytes, inside: Inside, seen: Set<Bytes>): Way | undefined {
  const { expectation, observation, files } = inside;
  const top = `${bytesOf(inside.root)}/`;
  if (!target.startsWith(top)) return undefined;
  let at: Bytes[] = [];
  const rest = target.slice(top.length).split("/") as Bytes[];
  for (let links = 0; links < mostLinks; ) {
    const name = rest.shift();
    const here = at.join("/") as Bytes;
    if (name === undefined) return atEnd(here, inside, seen);
    if (name === ".." && at.length === 0) return undefined;
    if (name === "..") at.pop();
    if (["..", ".", ""].includes(name)) continue;
    const directory = here === "" ? ("." as Bytes) : here;
    if (!staysCold(directory, expectation, observation)) return { way: "in", place: directory };
    const path = [...at, name].join("/") as Bytes;
    if (isMounted(path, inside)) return { way: "mounted", place: path };
    const live = observation.entries.get(path);
    const wish = files.at(path)?.is;
    if (!wish && live?.type === "link" && live.target === undefined) return { way: "unread link", place: path };
    const found = wish ? (wish.type === "link" ? wish.target : undefined) : live?.type === "link" && live.target;
    if (!found) at.push(name);
    else if (found.startsWith("/")) {
      if (!found.startsWith(top)) return undefined;
      at = [];
      rest.unshift(...(found.slice(top.length).split("/") as Bytes[]));
    } else rest.unshift(...(found.split("/") as Bytes[]));
    if (found) links++;
  }
  return undefined;
}

function atEnd(path: Bytes, inside: Inside, seen: Set<Bytes>): Way | undefined {
  const { expectation, observation } = inside;
  const isDirectory = expectation.required.has(path) || observation.entries.get(path)?.type === "directory";
  if (!isDirectory) return isOthers(path, inside) ? { way: "itself", place: path } : undefined;
  if (seen.has(path)) return undefined;
  seen.add(path);
  return below(path, inside, seen);
}

/** The first place in or below a directory that users other than root may write, among present and coming entries. */
function below(top: Bytes, inside: Inside, seen: Set<Bytes>): Way | undefined {
  const { expectation, observation, files, mounts } = inside;
  const isBelow = (path: Bytes) => path.startsWith(`${top}/`);
  const mount = [...mounts, ...observation.mounts].find(isBelow);
  if (mount !== undefined) return { way: "mounted", place: mount };
  const comingFiles = [...files.claims].filter(({ at }) => !isOnHost(at) && isBelow(at));
  const paths = new Set([
    ...[...observation.entries.keys()].filter(isBelow),
    ...[...expectation.required.keys()].filter(isBelow),
    ...comingFiles.map(({ at }) => at),
  ]);
  for (const path of [top, ...paths]) {
    const way = ofEntry(path, inside, seen);
    if (way) return way;
  }
  return undefined;
}

function isMounted(path: Bytes, { observation, mounts }: Inside): boolean {
  return mounts.includes(path) || observation.mounts.includes(path);
}

function ofEntry(path: Bytes, inside: Inside, seen: Set<Bytes>): Way | undefined {
  const { root, expectation, observation, files } = inside;
  const wish = files.at(path)?.is;
  const type = wish?.type ?? observation.entries.get(path)?.type;
  if (type === "link") return wayOf(`${bytesOf(root)}/${path}` as Bytes, inside, seen);
  if (type === "directory" || expectation.required.has(path))
    return staysCold(path, expectation, observation) ? undefined : { way: "in", place: path };
  // A device claim states all fields at its one place.
  const isOpen = wish && "owner" in wish ? wish.owner !== "root" || (wish.mode & 0o022) !== 0 : isOthers(path, inside);
  return isOpen ? { way: "itself", place: path } : undefined;
}

/** Whether users other than root may write a file. A missing file, or one that replaces a link, is made as root's. */
function isOthers(path: Bytes, { expectation, observation: { entries, principals }, files }: Inside): boolean {
  const found = entries.get(path);
  const wish = files.at(path)?.is;
  const live = wish && wish.type !== found?.type ? undefined : found;
  const { owner, mode, acl } = expectation.at(path, live?.type ?? "file") ?? {};
  const uid = owner?.hold.is === "value" ? principalId(owner.hold.value, principals.uids) : live?.uid;
  const bits = mode?.hold.is === "value" ? mode.hold.value : live?.mode;
  const isGiven = acl?.hold.is === "value" && /:[r-]?w/.test(acl.hold.value);
  return (uid ?? 0) !== 0 || ((bits ?? 0) & 0o022) !== 0 || isGiven;
}
