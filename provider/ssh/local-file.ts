import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { messageOf } from "../errors";

/** A file of this machine: its text and its owner and mode; or the reason why it cannot be read. */
export type LocalFile = { readonly text: string; readonly stat: Stats } | { readonly why: string };

/**
 * Reads a file without waiting; undefined where there is none. As in ssh, a directory counts as an empty file: a pattern of an
 * Include may match one.
 */
export function readLocalFile(path: string): LocalFile | undefined {
  let file: number | undefined;
  try {
    // Opening a FIFO without a writer would never end.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (stat.isFIFO()) return { why: "is a FIFO, not a file" };
    return { text: stat.isDirectory() ? "" : readFileSync(file, "utf8"), stat };
  } catch (error) {
    const { code } = error as { code?: string };
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : { why: `cannot be read: ${messageOf(error)}` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
