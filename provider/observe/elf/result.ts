import type { HostLimit } from "../../intent/host-limit";
import type { ProgramProblem } from "../../intent/program-problem";
import type { Bytes } from "../../model/bytes";
import type { Mode } from "../../model/mode";

/** The purpose of a file in the jail. */
export type Role = "binary" | "loader" | "library" | "nss";

/** A file that the jail gets as the host has it. */
export interface JailCopy {
  /** In the jail, such as `usr/lib/x86_64-linux-gnu/libz.so.1`. It stays the same when the host has a newer one. */
  readonly path: Bytes;
  /** On the host, with no link in it. */
  readonly source: Bytes;
  /** Without setuid, setgid and sticky: a jail has those only where they are declared. */
  readonly mode: Mode;
  /** Bytes. */
  readonly size: number;
  readonly role: Role;
  /** Declared binaries. */
  readonly neededBy: readonly string[];
}

/** All files that some programs need to start in a jail. */
export interface Closure {
  readonly files: readonly JailCopy[];
  /** Links to directories, as in `lib64` -> `usr/lib64`; and second names of a library that programs ask for by both. */
  readonly links: readonly { readonly path: Bytes; readonly target: Bytes }[];
  readonly problems: readonly Problem[];
  /** Libraries that programs may open at run time, and that no file names. */
  readonly hints: readonly HostLimit[];
}

/** The reason why a declared binary cannot be provided. */
export interface Problem {
  readonly binary: string;
  readonly why: ProgramProblem;
}
