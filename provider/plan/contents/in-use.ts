import { show } from "../../model/bytes";
import type { Use, UseKind } from "../../observe/uses";

const declare = "declare or protect the path";
const orName = "or name it in pruneAnyway";

/** Says how a process uses an undeclared entry, or one below it, and names the remedy. */
export function useText({ kind, pid, name }: Use): string {
  const who = pid === 0 ? "a process that cannot be seen" : `process ${pid} (${show(name)})`;
  const more = kind === "busy" ? "" : `, ${orName}`;
  return `${who} ${doing[kind]}: end that process, or ${declare}${more}`;
}

const doing: Readonly<Record<UseKind, string>> = {
  busy: "has its working directory or its root in it",
  opens: "has it open, or an entry below it",
  maps: "has it in memory (mmap), or an entry below it",
  locks: "has a lock on it, or on an entry below it",
  bound: "has bound it as a socket, or a socket below it",
  runs: "runs it, or a program below it",
};

/** Says that an entry may be in use, because the look did not see all processes. */
export function unknownUseText(why: string): string {
  return `it is unknown whether a process uses it: ${why}; or ${declare}, ${orName}`;
}

/** Says why a directory stays in which users other than root may write. */
export const daemonsText = `other users than root may write in it, so its contents are the daemon's: ${declare}, ${orName}`;
