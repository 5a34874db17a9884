import type { Inode } from "./inode";

interface Held {
  readonly isExclusive: boolean;
  readonly by: Set<object>;
}

/** The locks of a host's registries, as flock(1) has them: one holder for a change, or any number for looks. */
export class Locks {
  readonly #held = new Map<Inode, Held>();
  readonly #waiting = new Set<() => void>();

  /** Takes a lock, and waits for some seconds; false where somebody else has it for longer. */
  async take(holder: object, directory: Inode, isExclusive: boolean, seconds: number): Promise<boolean> {
    const end = Date.now() + seconds * 1000;
    while (!this.#try(holder, directory, isExclusive)) {
      if (Date.now() >= end) return false;
      await this.#released(end - Date.now());
    }
    return true;
  }

  /** Gives back everything that a holder has. */
  release(holder: object): void {
    for (const [directory, { by }] of this.#held) {
      by.delete(holder);
      if (by.size === 0) this.#held.delete(directory);
    }
    for (const wake of [...this.#waiting]) wake();
  }

  #try(holder: object, directory: Inode, isExclusive: boolean): boolean {
    const held = this.#held.get(directory);
    const others = [...(held?.by ?? [])].filter((other) => other !== holder);
    if (others.length > 0 && (isExclusive || held?.isExclusive)) return false;
    this.#held.set(directory, { isExclusive, by: new Set([...others, holder]) });
    return true;
  }

  #released(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }
}
