import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../errors";
import { CommandError } from "./command-error";

/**
 * Writes a file as a whole or not at all: a web server or a metrics collector may read it at any moment. The path `-` stands for
 * stdout. A path that is no regular file, such as `/dev/null`, is written to, and never replaced.
 */
export function writeWhole(path: string, text: string): void {
  if (path === "-") {
    process.stdout.write(text);
    return;
  }
  const draft = `${path}.${process.pid}.tmp`;
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      writeFileSync(path, text);
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, path);
  } catch (error) {
    // A removal by force fails below a file.
    if (existsSync(draft)) rmSync(draft);
    throw new CommandError(`${path}: the report cannot be written: ${messageOf(error)}`);
  }
}
