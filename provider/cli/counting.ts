import { LiveText } from "./live-text";

const QUIET_MS = 2000;
const LINE_MS = 10_000;

/** Shows how many of many are done, once that takes two seconds: redrawn on a terminal, else a line every ten seconds. */
export class Counting {
  readonly #noun: string;
  readonly #live = process.stderr.isTTY ? new LiveText(process.stderr) : undefined;
  #nextLine = performance.now() + QUIET_MS;

  constructor(noun: string) {
    this.#noun = noun;
  }

  show(done: number, of: number): void {
    const now = performance.now();
    if (now < this.#nextLine) return;
    const line = `${done} of ${of} ${this.#noun}`;
    if (this.#live) this.#live.show(() => [line]);
    else {
      this.#nextLine = now + LINE_MS;
      process.stderr.write(`${line}\n`);
    }
  }

  print(line: string): void {
    if (this.#live) this.#live.print(line);
    else process.stderr.write(`${line}\n`);
  }

  end(): void {
    this.#live?.end();
  }
}
