/** Closes an unused resource after a time. */
export class IdleTimer {
  #users = 0;
  readonly #timer: NodeJS.Timeout;

  /** `limit` is in milliseconds. */
  constructor(close: () => void, limit: number) {
    this.#timer = setTimeout(() => {
      if (this.#users === 0) close();
    }, limit).unref();
  }

  /** Keeps it in use until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work;
    } finally {
      this.#users--;
      this.#timer.refresh();
    }
  }
}
