import type { Bytes } from "../../model/bytes";

/** What the first line of a script names. */
export interface Script {
  readonly kind: "script";
  readonly interpreter: Bytes;
  /** The program that `env` is to look for on PATH, where it is the interpreter. */
  readonly sought?: Bytes;
}

/** What Linux reads of a script (BINPRM_BUF_SIZE). */
const lineLimit = 256;

/** Reads the begin of a file that has `#!` there; a string is why nobody can tell what it needs. */
export function readScript(start: Bytes): Script | string {
  const [line = ""] = start.slice(2, lineLimit).split(/[\n\0]/, 1);
  const [interpreter, ...rest] = line.split(/[ \t]+/).filter((word) => word !== "") as Bytes[];
  if (!interpreter?.startsWith("/")) return "is a script whose first line names no interpreter by an absolute path";
  if (!interpreter.endsWith("/env")) return { kind: "script", interpreter };
  const [sought, ...more] = rest;
  if (sought === undefined || more.length > 0 || /[=/]|^-/.test(sought))
    return "is a script that has env find its interpreter with options: name the interpreter itself in its first line";
  return { kind: "script", interpreter, sought };
}

/** Where `env` looks, as daemons are started with it. */
export const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":") as Bytes[];
