/** The calls of the engine that the plugin has not answered yet. */
export class Calls {
  readonly #open = new Map<Promise<unknown>, (error: unknown) => void>();

  /** Runs the work of a call. It ends with the work, or with an error that no promise of the work has caught. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const call = new Promise<T>((resolve, reject) => {
      // After this function has returned, as the entry needs the promise.
      setImmediate(() => {
        this.#open.set(call, reject);
        work()
          .then(resolve, reject)
          .finally(() => this.#open.delete(call));
      });
    });
    return call;
  }

  /** Ends all calls with an error: the SDK leaves a failed resource of a component to the process. */
  fail(error: unknown): void {
    for (const reject of this.#open.values()) reject(error);
  }

  /** Waits until each call has ended. */
  async end(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open.keys());
  }
}
