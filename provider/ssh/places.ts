/** So many at once and no more; the others wait, in the order in which they came. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async enter(): Promise<void> {
    if (this.#taken < this.#limit) this.#taken++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // Whoever leaves hands its place over.
  }

  leave(): void {
    const next = this.#taken <= this.#limit ? this.#waiting.shift() : undefined;
    if (next) next();
    else this.#taken--;
  }

  /** One who is in was turned away by the server: the others are as many as can be. */
  narrow(): void {
    this.#limit = Math.max(1, Math.min(this.#limit, this.#taken - 1));
  }
}
