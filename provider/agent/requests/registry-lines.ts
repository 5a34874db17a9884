import { depthOf } from "../../model/path";
import type { Sealed } from "../../observe/observation";
import { fromAgent, toAgent } from "../paths";

/** The lines of a registry: records as tail prints them, and sealed directories. */

/** Reads several files by path from the output of tail. A forged header damages its own record, and no other. */
export function printedFiles(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let name = "";
  for (const line of lines) {
    const [, next] = /^==> (.*[^/]) <==$/.exec(line) ?? [];
    if (next !== undefined) {
      name = next;
      files.set(name, "");
    } else files.set(name, `${files.get(name) ?? ""}${line}\n`);
  }
  return files;
}

/**
 * Reads `device:inode depth uid:gid mode path` of sealed directories. Directories with equal records and one depth are opened
 * at once.
 */
export function sealedRecords(pieces: readonly string[]): Sealed[] {
  return pieces.flatMap((piece) => {
    const match = /^(\d+:\d+) \d+ (\d+):(\d+) ([0-7]+) (\.\/\/[\s\S]*)$/.exec(piece);
    if (!match) return [];
    const [, inode = "", uid, gid, mode = "", path = ""] = match;
    return [{ path: fromAgent(path), inode, uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode, 8) }];
  });
}

export function formatSealed({ path, inode, uid, gid, mode }: Sealed): string {
  return `${inode} ${depthOf(path)} ${uid}:${gid} ${mode.toString(8)} ${toAgent(path)}`;
}
