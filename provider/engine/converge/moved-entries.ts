import type { MovedAway } from "../../agent/requests/quarantine";
import type { Bytes } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import { type Uses, usesOfBoth } from "../../observe/uses";

/** The entries that one run has moved away so far, and the entries that it has left because a process uses them. */
export class MovedEntries {
  /** By path: the name in the quarantine. */
  readonly moved = new Map<Bytes, string>();
  #uses: Uses | undefined;

  add({ moved, uses }: MovedAway): void {
    for (const [path, name] of moved) this.moved.set(path, name);
    this.#uses = usesOfBoth(this.#uses, uses);
  }

  /** The part that the next view has to know. */
  get seen(): Pick<Observation, "uses"> {
    return this.#uses ? { uses: this.#uses } : {};
  }
}
