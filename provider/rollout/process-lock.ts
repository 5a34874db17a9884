import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { runsSince, startOf } from "./processes";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** A number that another process with this pid would not have; 0 where the machine does not tell. */
  readonly start: number;
}

/** A file that one process at a time holds. A file of a process that has ended counts for nothing. */
export class ProcessLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** Takes the lock, or returns the holder in words. */
  static take(path: string): ProcessLock | { readonly heldBy: string } {
    const own: Holder = { pid: process.pid, host: hostname(), start: startOf(process.pid) ?? 0 };
    const text = `${JSON.stringify(own)}\n`;
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text, { mode: 0o600 });
    try {
      for (;;) {
        try {
          // A link appears with its content: no other process sees half a lock.
          linkSync(draft, path);
          return new ProcessLock(path, text);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
        const held = read(path);
        // A link to nothing is there for ever, and has no text.
        if (held === undefined && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
          return { heldBy: wordsOf(path, "") };
        if (held !== undefined && !isOver(held)) return { heldBy: wordsOf(path, held) };
        if (held !== undefined) removeOver(path, held);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  release(): void {
    if (read(this.#path) === this.#text) rmSync(this.#path, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function isOver(text: string): boolean {
  const holder = parse(text);
  return holder?.host === hostname() && !runsSince(holder.pid, holder.start);
}

function wordsOf(path: string, text: string): string {
  const holder = parse(text);
  return holder ? `process ${holder.pid} on ${holder.host}` : `${path}, which is no lock of this program: remove it`;
}

/** Moves it away first: a process that has seen the old lock too must not remove the new one. */
function removeOver(path: string, text: string): void {
  const aside = `${path}.${process.pid}.over`;
  try {
    renameSync(path, aside);
    if (read(aside) !== text) linkSync(aside, path);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  rmSync(aside, { force: true });
}
