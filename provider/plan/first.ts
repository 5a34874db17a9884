import type { Bytes } from "../model/bytes";

/** The first of many paths by name, and their number: of a large jail's tens of thousands nobody reads more. */
export class First {
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
    const at = this.#paths.findIndex((one) => path < one);
    this.#paths.splice(at === -1 ? this.#paths.length : at, 0, path);
    this.#paths.length = Math.min(this.#paths.length, this.#limit);
  }
}
