import type { Bytes } from "../../model/bytes";
import type { Mode } from "../../model/mode";

/** What a file is in the jail for. */
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

/** All that some programs need to be started in a jail. */
export interface Closure {
  readonly files: readonly JailCopy[];
  /** To directories, as in `lib64` -> `usr/lib64`; and second names of a library that programs ask for by both. */
  readonly links: readonly { readonly path: Bytes; readonly target: Bytes }[];
  readonly problems: readonly Problem[];
  /** What may be missing and no file says: what is opened at run time. */
  readonly hints: readonly string[];
}

/** Why a declared binary cannot be had. */
export interface Problem {
  readonly binary: string;
  readonly why: string;
}
