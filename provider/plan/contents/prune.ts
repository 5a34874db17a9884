import type { Composed } from "../../intent/claim";
import type { Expectation } from "../../intent/expectation";
import { isOnHost } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import { globsOf, isAtOrBelow } from "../../intent/glob/glob";
import type { Merged } from "../../intent/merge";
import type { Damage } from "../../intent/registry-record";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { isCold as isColdMode } from "../../model/mode";
import { ancestors, quarantineName, stagingName } from "../../model/path";
import type { Observation } from "../../observe/observation";
import type { PruneBlock } from "../block";
import { type Difference, keepNothing } from "../difference";
import { staysCold } from "../seal/stays-cold";
import { parentOf } from "../seal/zone";
import type { Provided } from "./provided";

/** Undeclared entries that are moved away. */
export interface Pruned {
  /** Differences by path. A directory that is moved as a whole has one for itself only. */
  readonly tops: ReadonlyMap<Bytes, Difference>;
  /** Whether a path is below a directory that is moved. */
  isBelow(path: Bytes): boolean;
  /** Whether a path stays: it is declared or protected, or such a path is below it. */
  isKept(path: Bytes): boolean;
  /** Whether a path is below a daemon's directory that stays: the daemon chooses owners and modes there. */
  isDaemons(path: Bytes): boolean;
  /** Findings about entries to move whose use by processes was not seen. */
  readonly unchecked: readonly Finding[];
}

/**
 * Finds undeclared entries in places where only root may write once everything is as declared; in other places entries belong to
 * the daemon. A directory stays when a declared or protected path is below it, or may come there; its undeclared entries go. A
 * daemon's directory and an entry in use stay, unless the Jail says that they go anyway.
 */
export function planPrune(
  { jail, declarations }: Pick<Merged, "jail" | "declarations">,
  expectation: Expectation,
  observation: Observation,
  provided: Provided,
): Pruned | undefined {
  if (!jail) return undefined;
  const isAll = jail.intent.undeclared === "prune";
  if (!isAll && !observation.entries.has(staging)) return undefined;
  const globs = globsOf(jail.intent.protect);
  const isProtected = (path: Bytes) => isAtOrBelow(path, globs);
  const stays = (path: Bytes, { type }: Live) =>
    isOurs(path) || (isStaging(path) && expectation.excluded(path)) || (!isStaging(path) && isWanted(path, type));
  const isWanted = (path: Bytes, type: Live["type"]) =>
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
  const anyway = globsOf(jail.intent.pruneAnyway);
  const isNamed = (path: Bytes) => isStaging(path) || isAtOrBelow(path, anyway);
  // Elsewhere nothing is moved away, so a directory would be shown nowhere: the baseline holds for it.
  const open = isAll ? daemonsDirectories(observation, (path) => kept.has(path) || isNamed(path)) : [];
  const daemons = new Set(open.filter((path) => isCold(parentOf(path) ?? path)));
  for (const path of daemons) kept.add(parentOf(path) ?? path);

  const unread = unreadRecord(observation, declarations);
  const { used, unknown } = observation.uses ?? { used: new Map<Bytes, never>() };
  const useAt = (path: Bytes): PruneBlock | undefined => {
    const use = used.get(path);
    if (daemons.has(path)) return { problem: "daemons-directory" };
    if (use) return { problem: "in-use", use };
    return unknown === undefined || isNamed(path) ? undefined : { problem: "use-unknown", why: unknown };
  };
  const mounts = new Map(observation.mounts.map((mount) => [kept.topOf(mount), mount]));
  // A place that the look passed over may hold a protected path.
  const unseen = new Map((observation.unseen ?? []).map(({ at }) => [kept.topOf(at), at]));
  const blockAt = (path: Bytes): PruneBlock | undefined => {
    const mount = mounts.get(path);
    if (mount !== undefined) return { problem: "mount-below", mount };
    if (unread) return { problem: "record-unread", damage: unread };
    const unlooked = unseen.get(path);
    return unlooked === undefined ? useAt(path) : { problem: "unseen-below", path: unlooked };
  };
  const below = new Map<Bytes, number>();
  const found: [Bytes, Live][] = [];
  for (const [path, live] of observation.entries) {
    const top = kept.topOf(path);
    if (top === undefined || (!isAll && top !== staging)) continue;
    if (top !== path) below.set(top, (below.get(top) ?? 0) + 1);
    else if (isCold(parentOf(path) ?? path)) found.push([path, live]);
  }
  const tops = new Map(
    found.map(([path, live]): [Bytes, Difference] => {
      const blocked = blockAt(path);
      const count = below.get(path);
      return [
        path,
        {
          path,
          owner: jail.owner,
          live,
          want: { type: "absent" },
          keep: keepNothing,
          reason: path === staging ? notOurs : "no resource declares it",
          ...(path === staging ? {} : { prune: isNamed(path) ? ("anyway" as const) : ("unused" as const) }),
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
  const isDaemons = (path: Bytes) => daemons.has(kept.topOf(path) ?? path);
  const isUncertain = [...tops.values()].some(({ prune }) => prune === "unused");
  return {
    tops,
    isBelow,
    isKept: (path) => isAll && (kept.has(path) || isDaemons(path)) && !isOurs(path),
    isDaemons,
    unchecked: unknown !== undefined && isUncertain ? [finding("use-unknown", unknown, { by: jail.owner })] : [],
  };
}

/**
 * Reduces an expectation to the fields that hold where the daemon chooses owner and mode, as in a `writable` directory: a file
 * there must grant no powers.
 */
export function powersOf({ mode, special, capabilities }: Composed, { type }: Live): Composed {
  if (type !== "file") return {};
  return {
    ...(mode ? { mode: { by: mode.by, hold: { is: "any" } } } : {}),
    ...(special ? { special } : {}),
    ...(capabilities ? { capabilities } : {}),
  };
}

/** The topmost directories that users other than root may write in, and for which no other rule decides. */
function daemonsDirectories({ entries }: Observation, isDecided: (path: Bytes) => boolean): Bytes[] {
  const hot = new Set<Bytes>();
  for (const [path, live] of entries)
    if (live.type === "directory" && !isColdMode(live) && !isDecided(path)) hot.add(path);
  return [...hot].filter((path) => !ancestors(path).some((above) => hot.has(above)));
}

/** Our staging directory. A look shows it only where it is not this run's. */
const staging = stagingName as Bytes;
const isStaging = (path: Bytes) => path === staging || path.startsWith(`${staging}/`);
const notOurs =
  "it has a name of pulumi-chroot's, but this run has not made it: a run was cut short, or another program made it";

/** Whether a path is our quarantine or our staging directory. */
function isOurs(path: Bytes): boolean {
  return path === "." || [...ancestors(path), path].some((part) => part === quarantineName);
}

/**
 * A damaged record may declare any path, so its owner could declare any entry. A record that the program declares again is
 * written anew.
 */
function unreadRecord({ damaged }: Observation, declarations: Merged["declarations"]): Damage | undefined {
  return damaged.find(({ file }) => !declarations.some(({ owner }) => `${owner.token}.json` === file));
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

  /** The topmost directory at or above a path that does not stay, if there is one. */
  topOf(path: Bytes): Bytes | undefined {
    if (this.#paths.has(path)) return undefined;
    return [...ancestors(path), path].find((part) => !this.#paths.has(part));
  }
}
