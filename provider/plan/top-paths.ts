import type { Bytes } from "../model/bytes";

/** The first paths by name, and the number of all: a reader needs no list of a large jail's tens of thousands. */
export class TopPaths {
  count = 0;
  readonly #limit: number;
  #paths: Bytes[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get paths(): readonly Bytes[] {
    return this.#paths;
  }

  add(path: Bytes): void {
    this.count++;
    const last = this.#paths[this.#limit - 1];
    if (last !== undefined && path >= last) return;
    const at = this.#paths.findIndex((other) => path < other);
    this.#paths.splice(at === -1 ? this.#paths.length : at, 0, path);
    this.#paths.length = Math.min(this.#paths.length, this.#limit);
  }
}
