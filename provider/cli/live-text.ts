import { clearScreenDown, moveCursor } from "node:readline";

const REDRAW_MS = 100;

/** Lines at the end of a terminal that are redrawn in place, at most ten times a second. */
export class LiveText {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;
  #next: (() => readonly string[]) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Draws the lines that `lines` gives when they are due. */
  show(lines: () => readonly string[]): void {
    this.#next = lines;
    this.#timer ??= setTimeout(() => this.#draw(), REDRAW_MS);
  }

  /** Writes a line above the text, which moves down. */
  print(line: string): void {
    this.#clear();
    this.#stream.write(`${line}\n`);
    this.#draw();
  }

  /** Takes the text away: a report follows. */
  end(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
    this.#clear();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { columns = 80, rows = 24 } = this.#stream;
    const lines = (this.#next?.() ?? []).slice(0, Math.max(1, rows - 1));
    this.#clear();
    // A line that wraps would count as one and take two.
    for (const line of lines) this.#stream.write(`${[...line].slice(0, columns - 1).join("")}\n`);
    this.#drawn = lines.length;
  }

  #clear(): void {
    if (this.#drawn > 0) {
      moveCursor(this.#stream, 0, -this.#drawn);
      clearScreenDown(this.#stream);
    }
    this.#drawn = 0;
  }
}
