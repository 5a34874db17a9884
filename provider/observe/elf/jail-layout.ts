import type { HostLimit } from "../../intent/host-limit";
import type { Bytes } from "../../model/bytes";
import type { EntryPoint } from "./entry-points";
import { directoryOf, type Host, type HostFile, nameOf } from "./host-files";
import { homeOf, jailPaths, linksOnPath, relativePath, type Wanted } from "./jail-paths";
import type { Loader } from "./loader";
import type { Closure, JailCopy, Problem, Role } from "./result";

/** All found files, before they have places in the jail. */
export interface Found {
  readonly roots: readonly { readonly binary: string; readonly root: EntryPoint }[];
  readonly loaders: readonly Loader[];
  readonly wanted: readonly (Wanted & { readonly binary: string; readonly role: Role })[];
  readonly problems: readonly Problem[];
  readonly hints: readonly HostLimit[];
}

interface Placed {
  readonly at: Bytes;
  readonly file: HostFile;
  role: Role;
  readonly neededBy: Set<string>;
}

/** A file with two roles has the one that comes first here. */
const roles: readonly Role[] = ["binary", "loader", "library", "nss"];

/** Gives each file its place in the jail, once. */
export function layOutJail({ roots, loaders, wanted, problems, hints }: Found, host: Host): Closure {
  const placed = new Map<Bytes, Placed>();
  const links = new Map<Bytes, Bytes>();
  const clashes = new Map<string, Problem>();
  const put = (at: Bytes, path: Bytes, role: Role, binary: string) => {
    const file = host.files.get(path);
    if (file === undefined || file === "absent") return;
    const there = placed.get(at);
    if (there && there.file.real !== file.real) {
      const [rival, neededBy] = [there.file.real, [...there.neededBy]];
      const clash: Problem = { binary, why: { problem: "place-taken", file: file.real, at, rival, neededBy } };
      clashes.set(JSON.stringify(clash), clash);
    } else if (there) {
      there.neededBy.add(binary);
      if (roles.indexOf(role) < roles.indexOf(there.role)) there.role = role;
    } else placed.set(at, { at, file, role, neededBy: new Set([binary]) });
  };
  const reach = (path: Bytes) => {
    for (const [link, target] of linksOnPath(path, host)) links.set(link, target);
  };
  for (const { binary, root } of roots) {
    put(homeOf(root.path, host), root.path, "binary", binary);
    reach(root.path);
    const { content } = root;
    const interpreter = content.kind === "script" ? undefined : content.interpreter;
    if (!loaders.some(({ path }) => path === interpreter) || interpreter === undefined) continue;
    put(homeOf(interpreter, host), interpreter, "loader", binary);
    reach(interpreter);
  }
  const placeOf = jailPaths(wanted, host);
  for (const need of wanted) {
    const { library, binary, role, loader } = need;
    const at = placeOf(need);
    put(at, library.path, role, binary);
    const isLookedFor =
      at === homeOf(library.path, host) && !loader.jailed.some((directory) => at === `${directory}/${nameOf(at)}`);
    if (isLookedFor || library.found.rule === "path") reach(library.path);
  }
  for (const [other, first] of secondNames([...placed.values()], wanted)) {
    links.set(other.at, relativePath(directoryOf(other.at), first.at));
    for (const binary of other.neededBy) first.neededBy.add(binary);
    placed.delete(other.at);
  }
  return {
    files: [...placed.values()].map(copyOf).sort(byPath),
    links: [...links].map(([path, target]) => ({ path: inJail(path), target })).sort(byPath),
    problems: [...problems, ...clashes.values()],
    hints,
  };
}

/** Libraries that are one file on the host: in the jail one is the file, and the others are links to it. */
function secondNames(placed: readonly Placed[], wanted: readonly Wanted[]): [other: Placed, first: Placed][] {
  const sonames = new Map(wanted.map(({ library }) => [library.real, library.elf.soname]));
  const firsts = new Map<Bytes, Placed>();
  const libraries = placed.filter(({ role }) => role === "library" || role === "nss");
  const isOwn = ({ at, file }: Placed) => nameOf(at) === sonames.get(file.real);
  for (const library of [...libraries.filter(isOwn), ...libraries])
    if (!firsts.has(library.file.real)) firsts.set(library.file.real, library);
  return libraries.flatMap((library): [Placed, Placed][] => {
    const first = firsts.get(library.file.real);
    return first === undefined || first === library ? [] : [[library, first]];
  });
}

function copyOf({ at, file, role, neededBy }: Placed): JailCopy {
  const { real, mode, size } = file;
  return { path: inJail(at), source: real, mode: mode & 0o777, size, role, neededBy: [...neededBy].sort() };
}

function inJail(path: Bytes): Bytes {
  return path.slice(1) as Bytes;
}

function byPath(one: { path: Bytes }, other: { path: Bytes }): number {
  return one.path < other.path ? -1 : 1;
}
