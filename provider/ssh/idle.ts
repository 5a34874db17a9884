/**
 * Milliseconds for which a connection may have nothing to do. While it is there it keeps this process from ending, which a program
 * that only looks would want to, and when the CLI was killed it stays on the host for as long as this process does. Shorter ones
 * would be dialled again in the middle of a run, where the engine is busy with something else for some seconds.
 */
const idleLimit = 30_000;

/** Closes what nobody uses any more. */
export class Idle {
  #users = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(close: () => void, limit = idleLimit) {
    this.#timer = setTimeout(() => {
      if (this.#users === 0) close();
    }, limit).unref();
  }

  /** It is in use until the work is done. */
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
