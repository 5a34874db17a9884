import type { FileProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";

/** The interpreter that the first line of a script names. */
export interface Script {
  readonly kind: "script";
  readonly interpreter: Bytes;
  /** The program that the interpreter `env` looks for on PATH. */
  readonly sought?: Bytes;
}

/** The number of bytes that Linux reads of a script (BINPRM_BUF_SIZE). */
const lineLimit = 256;

/** Reads the start of a file that begins with `#!`, or gives the reason why its needs are unknown. */
export function readShebang(start: Bytes): Script | FileProblem {
  const [line = ""] = start.slice(2, lineLimit).split(/[\n\0]/, 1);
  const [interpreter, ...rest] = line.split(/[ \t]+/).filter((word) => word !== "") as Bytes[];
  if (!interpreter?.startsWith("/")) return { problem: "interpreter-unnamed" };
  if (!interpreter.endsWith("/env")) return { kind: "script", interpreter };
  const [sought, ...more] = rest;
  if (sought === undefined || more.length > 0 || /[=/]|^-/.test(sought)) return { problem: "interpreter-options" };
  return { kind: "script", interpreter, sought };
}

/** The PATH of `env`, as daemons get it. */
export const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".split(":") as Bytes[];
