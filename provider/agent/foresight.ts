/** A request that asks the host something and changes nothing. */
export interface Question {
  readonly line: string;
  readonly data: Buffer | undefined;
}

/** The same for two that ask the same. */
export function keyOf({ line, data }: Question): string {
  return `${line}\n${data?.toString("latin1") ?? ""}`;
}

/** Requests whose answers hold until this agent changes something. */
const questions = new Set([
  "enter",
  "loaders",
  "elves",
  "sums",
  "places",
  "devices",
  "neighbours",
  "launchers",
  "exposed",
  "boot",
]);

/** Those that change nothing either, and are answered anew each time. */
const looks = new Set(["registry", "records", "zone", "look", "scan", "names", "text", "programs", "processes"]);

/** What a request is to the answers that are known. */
export function natureOf(line: string): "question" | "look" | "change" {
  const [word = "", ...rest] = line.split(" ");
  if (questions.has(word) && rest.at(-1) !== "make") return "question";
  return looks.has(word) ? "look" : "change";
}

/**
 * What was asked after the last look at a jail: most of it is asked after the next one, and what is asked with the look costs no
 * round trip. The answers are as new as the look's.
 */
export class Foresight {
  #last: ReadonlyMap<string, Question> = new Map();
  #now = new Map<string, Question>();

  note(key: string, question: Question): void {
    this.#now.set(key, question);
  }

  /** At a look: what will be asked then, most likely. */
  begin(): readonly Question[] {
    if (this.#now.size > 0) this.#last = this.#now;
    this.#now = new Map();
    return [...this.#last.values()];
  }
}
