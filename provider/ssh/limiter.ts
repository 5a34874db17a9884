/** Allows a number of callers at once; the others wait in their order of arrival. */
export class Limiter {
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async acquire(): Promise<void> {
    if (this.#taken < this.#limit) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // release() hands over its place.
  }

  release(): void {
    const next = this.#taken <= this.#limit ? this.#waiting.shift() : undefined;
    if (next) next();
    else this.#taken--;
  }

  /** The server has refused a caller that is inside: the number of the others is the new limit. */
  narrow(): void {
    this.#limit = Math.max(1, Math.min(this.#limit, this.#taken - 1));
  }
}
