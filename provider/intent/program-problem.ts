import type { Bytes } from "../model/bytes";
import type { EntryType } from "../model/entry";

/** Why a jail cannot have a program, or a library that it needs. */
export type ProgramProblem =
  | FileProblem
  | { readonly problem: "path-unfit" }
  | { readonly problem: "missing" }
  /** `machine` is the number in the ELF file; `host` is the host's own, as uname names it. */
  | { readonly problem: "other-machine"; readonly machine: number; readonly host: string }
  | { readonly problem: "script-of-scripts" }
  /** env finds the interpreter in none of these directories. */
  | { readonly problem: "interpreter-missing"; readonly name: Bytes; readonly directories: readonly Bytes[] }
  | { readonly problem: "interpreter-unfit"; readonly interpreter: Bytes; readonly why: ProgramProblem }
  /** No program is declared that would tell which loader finds the needs of a library. */
  | { readonly problem: "loader-unknown" }
  | { readonly problem: "loader-path-unfit"; readonly loader: Bytes }
  | { readonly problem: "loader-missing"; readonly loader: Bytes }
  | { readonly problem: "loader-unfit"; readonly loader: Bytes; readonly why: FileProblem }
  /** `by` is the library that needs it; absent where the program itself does. */
  | { readonly problem: "library-missing"; readonly library: Bytes; readonly by?: Bytes }
  | { readonly problem: "library-unfit"; readonly library: Bytes; readonly path: Bytes; readonly why: FileProblem }
  | { readonly problem: "library-script"; readonly library: Bytes; readonly path: Bytes }
  | { readonly problem: "libraries-endless" }
  /** Another file has the same place in the jail. */
  | {
      readonly problem: "place-taken";
      readonly file: Bytes;
      readonly at: Bytes;
      readonly rival: Bytes;
      readonly neededBy: readonly string[];
    };

/** Why no jail may have a file, or why nothing is known of its needs. */
export type FileProblem =
  | ElfProblem
  | { readonly problem: "others-write-in"; readonly directory: Bytes }
  | { readonly problem: "others-write"; readonly file: Bytes }
  /** DT_AUDIT has the loader run a library. */
  | { readonly problem: "audited" }
  | { readonly problem: "no-file"; readonly type: EntryType }
  | { readonly problem: "no-program" }
  | { readonly problem: "interpreter-unnamed" }
  | { readonly problem: "interpreter-options" };

/** Why an ELF file cannot be used. */
export type ElfProblem =
  | { readonly problem: "no-elf" }
  | { readonly problem: "elf-unreadable"; readonly part: ElfPart }
  | { readonly problem: "elf-bits-unknown" }
  | { readonly problem: "elf-header-size" }
  | { readonly problem: "elf-big-endian" }
  | { readonly problem: "elf-other-type" }
  | { readonly problem: "elf-too-large"; readonly most: number; readonly of: "libraries" | "headers" | "entries" };

export type ElfPart = "header" | "program header" | "dynamic section" | "loader" | "list of libraries";
