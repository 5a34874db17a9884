import type { Bytes } from "../../model/bytes";
import { directoryOf, type Host, nameOf, wayTo } from "./host-files";
import type { Loaded } from "./library-search";
import type { Loader } from "./loader";

/** A library of a program, and the loader that has to find it again in the jail. */
export interface Wanted {
  readonly library: Loaded;
  readonly loader: Loader;
}

/** The path of a file on the host, with the links to its directory resolved: the jail has it at the same path. */
export function homeOf(path: Bytes, host: Host): Bytes {
  const { real } = wayTo(directoryOf(path), host.links);
  return `${real === "/" ? "" : real}/${nameOf(path)}` as Bytes;
}

/**
 * Decides the place of each library. A library stays at its home if the loader looks there in the jail too. Else it goes beside
 * the loader: the jail has no ld.so.cache, and no /proc by which a program would know its own `$ORIGIN`. The place is the same
 * for every program that needs the library.
 */
export function jailPaths(wanted: readonly Wanted[], host: Host): (one: Wanted) => Bytes {
  const homes = new Map(wanted.map(({ library }) => [library, homeOf(library.path, host)]));
  const moved = new Set<Bytes>();
  const isMoved = (library: Loaded) => moved.has(homes.get(library) ?? library.path);
  const isLost = ({ library: { path, found }, loader }: Wanted): boolean => {
    if (found.rule === "path" || loader.jailed.includes(wayTo(directoryOf(path), host.links).real)) return false;
    if (found.rule === "known") return true;
    return found.origin !== undefined && (found.origin.by === undefined || isMoved(found.origin));
  };
  // A library that moves takes the origin away from libraries found through it.
  for (let before = -1; before < moved.size; ) {
    before = moved.size;
    for (const need of wanted) if (isLost(need)) moved.add(homes.get(need.library) ?? need.library.path);
  }
  return ({ library, loader }) =>
    isMoved(library) ? (`${loader.jailed[0]}/${nameOf(library.path)}` as Bytes) : (homes.get(library) ?? library.path);
}

/** The links to directories on a path, each with its final target, relative to fit the jail. */
export function linksOnPath(path: Bytes, host: Host): [path: Bytes, target: Bytes][] {
  const found: [Bytes, Bytes][] = [];
  let at = "";
  for (const name of directoryOf(path).split("/")) {
    if (name === "" || name === ".") continue;
    const next = (name === ".." ? directoryOf(at as Bytes) : `${at}/${name}`) as Bytes;
    at = wayTo(next, host.links).real;
    if (host.links.has(next)) found.push([next, relativePath(directoryOf(next), at as Bytes)]);
    if (at === "/") at = "";
  }
  return found;
}

/** The way from a directory to a path. */
export function relativePath(from: Bytes, to: Bytes): Bytes {
  const [above, names] = [from, to].map((path) => path.split("/").filter((name) => name !== "")) as [
    string[],
    string[],
  ];
  let same = 0;
  while (same < above.length && above[same] === names[same]) same++;
  return ([...above.slice(same).map(() => ".."), ...names.slice(same)].join("/") || ".") as Bytes;
}
