import type { UnseenUses } from "../intent/unseen-uses";
import type { Bytes } from "../model/bytes";

/** The way in which a process uses an entry, or one below it. `busy`: its working directory or its root is there. */
export type UseKind = "busy" | "opens" | "maps" | "locks" | "bound" | "runs";

/** The condition for moving an undeclared entry away: only while no process uses it, or anyway, as the Jail says. */
export type PruneKind = "unused" | "anyway";

/** A process that uses an entry of the jail, or one below it. */
export interface Use {
  readonly kind: UseKind;
  /** 0 where the kernel tells the use but not the process. */
  readonly pid: number;
  /** The name that it gives itself. */
  readonly name: Bytes;
}

/** Uses of some entries of a jail. */
export interface Uses {
  /** The entries in use, each with the first use that was found. */
  readonly used: ReadonlyMap<Bytes, Use>;
  /** The reason why the processes were not seen: then any entry may be in use. */
  readonly unknown?: UnseenUses;
}

/** Merges the uses of two looks, the later one last. */
export function usesOfBoth(before: Uses | undefined, now: Uses): Uses {
  const unknown = now.unknown ?? before?.unknown;
  return { used: new Map([...(before?.used ?? []), ...now.used]), ...(unknown === undefined ? {} : { unknown }) };
}
