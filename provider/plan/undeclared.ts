import { type Expectation, globsOf, isAtOrBelow } from "../intent/expected";
import { isOnHost } from "../intent/file-claim";
import type { Merged } from "../intent/merge";
import { ancestors, type Bytes, show } from "../model/bytes";
import type { Live } from "../model/entry";
import { quarantineName, stagingName } from "../model/path";
import type { Observation } from "../observe/observation";
import { type Difference, keepNothing } from "./difference";
import type { Provided } from "./provided";
import { staysCold } from "./stays-cold";
import { parentOf } from "./zone";

/** What is moved away because nobody declares it. */
export interface Pruned {
  /** By path: of a directory that is moved as a whole itself alone. */
  readonly tops: ReadonlyMap<Bytes, Difference>;
  /** True below a directory that is moved. */
  isBelow(path: Bytes): boolean;
  /** Left there, as it is declared or protected, or such a thing is below it. */
  isKept(path: Bytes): boolean;
}

/**
 * Undeclared entries where only root may write, once all is as declared: in other places they are the daemon's. A directory
 * below which there is, or may come, what somebody declares or protects stays, and what is undeclared in it goes.
 */
export function pruned(
  { jail, declarations }: Pick<Merged, "jail" | "declarations">,
  expectation: Expectation,
  observation: Observation,
  provided: Provided,
): Pruned | undefined {
  if (jail?.args["undeclared"] !== "prune") return undefined;
  const globs = globsOf(jail.args["protect"] as Record<string, string> | undefined);
  const isProtected = (path: Bytes) => isAtOrBelow(path, globs);
  const stays = (path: Bytes, { type }: Live) =>
    isOurs(path) ||
    expectation.declared(path) ||
    provided.at(path) !== undefined ||
    isProtected(path) ||
    (type === "directory" && expectation.awaits(path));
  const kept = new Kept();
  for (const { at } of provided.claims) if (!isOnHost(at)) kept.add(at);
  for (const [path, live] of observation.entries) if (stays(path, live)) kept.add(path);
  for (const mount of observation.mounts) if (expectation.declared(mount) || isProtected(mount)) kept.add(mount);

  const cold = new Map<Bytes, boolean>();
  const isCold = (path: Bytes): boolean => {
    const known = cold.get(path);
    if (known !== undefined) return known;
    const above = parentOf(path);
    const is = (above === undefined || isCold(above)) && staysCold(path, expectation, observation);
    cold.set(path, is);
    return is;
  };
  const why = unreadable(observation, declarations);
  const mounts = new Map(observation.mounts.map((mount) => [kept.topOf(mount), mount]));
  const below = new Map<Bytes, number>();
  const found: [Bytes, Live][] = [];
  for (const [path, live] of observation.entries) {
    const top = kept.topOf(path);
    if (top === undefined) continue;
    if (top !== path) below.set(top, (below.get(top) ?? 0) + 1);
    else if (isCold(parentOf(path) ?? path)) found.push([path, live]);
  }
  const tops = new Map(
    found.map(([path, live]): [Bytes, Difference] => {
      const mount = mounts.get(path);
      const blocked = mount === undefined ? why : `${show(mount)} is a mount point: unmount it, or protect it`;
      const count = below.get(path);
      return [
        path,
        {
          path,
          owner: jail.owner,
          live,
          want: { type: "absent" },
          keep: keepNothing,
          reason: "no resource declares it",
          ...(count === undefined ? {} : { below: count }),
          ...(blocked === undefined ? {} : { blocked }),
        },
      ];
    }),
  );
  const isBelow = (path: Bytes) => {
    const top = kept.topOf(path);
    if (top === undefined || top === path) return false;
    const difference = tops.get(top);
    return difference !== undefined && difference.blocked === undefined;
  };
  return { tops, isBelow, isKept: (path) => kept.has(path) && !isOurs(path) };
}

/** Where what is moved away is, and what is made before it is put in place. */
function isOurs(path: Bytes): boolean {
  return path === "." || [...ancestors(path), path].some((part) => part === quarantineName || part === stagingName);
}

/** Whoever declares something in a record that cannot be read may declare any of it. What the program says it writes again. */
function unreadable({ damaged }: Observation, declarations: Merged["declarations"]): string | undefined {
  const other = damaged.find(({ file }) => !declarations.some(({ owner }) => `${owner.token}.json` === file));
  return other && `${other.file} in the registry may declare it, and ${other.why}: see to it, or remove it`;
}

/** Paths that stay, with the directories above them. */
class Kept {
  readonly #paths = new Set<Bytes>();

  add(path: Bytes): void {
    for (let at: Bytes | undefined = path; at !== undefined && !this.#paths.has(at); at = parentOf(at))
      this.#paths.add(at);
  }

  has(path: Bytes): boolean {
    return this.#paths.has(path);
  }

  /** The topmost of a path and the directories above it that does not stay, if there is one. */
  topOf(path: Bytes): Bytes | undefined {
    if (this.#paths.has(path)) return undefined;
    return [...ancestors(path), path].find((part) => !this.#paths.has(part));
  }
}
