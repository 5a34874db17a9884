import { ChrootError } from "../../errors";
import { type Bytes, show } from "../../model/bytes";
import { number } from "../../model/counted";
import type { Live } from "../../model/entry";
import type { UnreadProblem } from "../../model/unread-problem";
import type { Unseen } from "../../observe/observation";
import { countBelow, heaviest } from "../../plan/wide";
import { statEntries } from "./entry-lines";
import type { Reply } from "./reply";

/**
 * Limits of one reply of an agent: names, and bytes. A name takes some 400 bytes of memory here; the owner of a daemon
 * can make a tree whose paths alone are gigabytes, and all jails and hosts share this process.
 */
const replyLimits = { names: 1_000_000, bytes: 256 * 1024 * 1024 };
type ReplyLimits = typeof replyLimits;

/**
 * The looks that leave the deepest directories out, and all looks, of which the later ones leave out whole subtrees.
 */
const [exactLooks, mostLooks] = [4, 12];

/**
 * Subtrees of a jail that no look enters, as they are too large for one or change all the time. They are not checked;
 * the rest of the jail is looked at and repaired.
 */
export class LeftOut {
  readonly limits: ReplyLimits;
  readonly #places = new Map<Bytes, UnreadProblem>();
  #looks = 0;
  #isMore = false;

  constructor(limits: Partial<ReplyLimits> = {}) {
    this.limits = { ...replyLimits, ...limits };
  }

  get unseen(): Unseen[] {
    return [...this.#places].map(([at, why]) => ({ at, why }));
  }

  add(at: Bytes, why: UnreadProblem): void {
    this.#places.set(at, why);
  }

  /** Leaves out the heaviest of these entries; gives the error of the look that has found them. */
  tooMuch(entries: ReadonlyMap<Bytes, Live>): ChrootError {
    this.#looks++;
    const found = this.#looks > mostLooks ? [] : heaviest(entries, this.#looks <= exactLooks);
    this.#isMore = found.length > 0;
    for (const at of found) this.add(at, { problem: "too-many-names", count: countBelow(entries, at), ...this.limits });
    const [at = "." as Bytes] = heaviest(entries, true);
    return new ChrootError("unreadable", {
      what: "cannot scan the jail",
      where: "",
      why: `the jail is too large for one look, and ${limitText(this.limits)}; ${show(at)} has ${number(countBelow(entries, at))} names below it or more`,
      remedy: "find the process that makes them on the host, and remove them there",
    });
  }

  /** Looks again until the rest is small enough. */
  async around<T>(look: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#isMore = false;
      try {
        return await look();
      } catch (error) {
        if (!this.#isMore) throw error;
      }
    }
  }
}

/** Entries of a reply that is not whole yet, with the current list: where find prints no metadata, stat does. */
export function entriesSoFar(
  reply: Pick<Reply, "entries" | "lists"> | undefined,
  list: { readonly name: string; readonly pieces: readonly string[] } | undefined,
): ReadonlyMap<Bytes, Live> {
  if (reply && reply.entries.size > 0) return reply.entries;
  const stats = list?.name === "stats" ? list : reply?.lists.get("stats");
  return statEntries(stats?.pieces ?? []).entries;
}

function limitText({ names, bytes }: ReplyLimits): string {
  return `a look takes at most ${number(names)} names of a jail, in ${number(Math.ceil(bytes / 1024 / 1024))} MiB`;
}
