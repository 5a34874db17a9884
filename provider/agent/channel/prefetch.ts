/** A request that changes nothing, and whose answer holds until something is changed. */
export interface Question {
  readonly line: string;
  readonly data: Buffer | undefined;
}

/** Equal for two questions that ask the same. */
export function keyOf({ line, data }: Question): string {
  return `${line}\n${data?.toString("latin1") ?? ""}`;
}

/**
 * Remembers the questions after the last look at a jail: most of them follow the next look, too, and a question that is
 * sent with the look costs no round trip. The answers are as new as the look's.
 */
export class Prefetch {
  #last: ReadonlyMap<string, Question> = new Map();
  #now = new Map<string, Question>();

  note(key: string, question: Question): void {
    this.#now.set(key, question);
  }

  /** Starts a look: gives the questions that will follow most likely. */
  begin(): readonly Question[] {
    if (this.#now.size > 0) this.#last = this.#now;
    this.#now = new Map();
    return [...this.#last.values()];
  }
}
