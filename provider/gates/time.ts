import { setMaxListeners } from "node:events";

/** A signal that ends with another one, or after some milliseconds. `release` gives both up. */
export interface Limited {
  readonly signal: AbortSignal;
  release(): void;
}

export function limited(outer: AbortSignal, milliseconds: number | undefined): Limited {
  const controller = new AbortController();
  // Every host of a wave listens to it.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort();
  const timer = milliseconds === undefined ? undefined : setTimeout(abort, milliseconds);
  outer.addEventListener("abort", abort, { once: true });
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}

/** The value of some work; undefined at once where the signal ends before it. */
export function unlessEnded<T>(signal: AbortSignal, work: Promise<T>): Promise<{ readonly value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const end = () => resolve(undefined);
    const over = () => signal.removeEventListener("abort", end);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    work.then(
      (value) => {
        over();
        resolve({ value });
      },
      (error: unknown) => {
        over();
        reject(error);
      },
    );
  });
}

/** Resolves after some milliseconds, or at once where the signal ends. */
export function pause(signal: AbortSignal, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener("abort", over, { once: true });
    if (signal.aborted) over();
  });
}
