import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../errors";
import type { Planned, RolloutEvent } from "../fleet/event";
import { type JournalProblem, lineOf, type ReadJournal, readJournal } from "../fleet/journal";
import { cannotWrite } from "./cannot-write";

/** The file of a rollout's record. An event is on the disk before {@link JournalFile.append} resolves. */
export class JournalFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #end: number;
  /** The last append: lines never mix. */
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, end: number) {
    this.path = path;
    this.#handle = handle;
    this.#end = end;
  }

  /** Begins a record, in the place of an older one. */
  static async begin(path: string, planned: Planned): Promise<JournalFile> {
    const line = lineOf(planned);
    const draft = `${path}.${process.pid}`;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(draft, line, { mode: 0o600, flush: true });
      // A record is whole from its first moment.
      renameSync(draft, path);
    } catch (error) {
      throw cannotWrite("the record", path, error);
    }
    return JournalFile.goOn(path, Buffer.byteLength(line));
  }

  /** Goes on after the whole lines of a record. */
  static async goOn(path: string, end: number): Promise<JournalFile> {
    try {
      const handle = await open(path, "r+");
      await handle.truncate(end);
      return new JournalFile(path, handle, end);
    } catch (error) {
      throw cannotWrite("the record", path, error);
    }
  }

  append(event: RolloutEvent): Promise<void> {
    const done = this.#last.then(() => this.#write(Buffer.from(lineOf(event))));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(line: Buffer): Promise<void> {
    try {
      let written = 0;
      while (written < line.length)
        written += (await this.#handle.write(line, written, line.length - written, this.#end + written)).bytesWritten;
      await this.#handle.datasync();
      this.#end += line.length;
    } catch (error) {
      // Units in flight append after this: half a line must not stay before theirs.
      await this.#handle.truncate(this.#end).catch(() => undefined);
      throw cannotWrite("the record", this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }
}

/** The record in a file; undefined without the file. */
export function readRecord(path: string): ReadJournal | JournalProblem | undefined {
  try {
    return readJournal(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`the record cannot be read: ${path}: ${messageOf(error)}`, { cause: error });
  }
}
