import { z } from "zod";
import type { FileProblem, ProgramProblem } from "../../intent/program-problem";
import { family, type Shapes } from "./family";
import { entryType, number, raw, text } from "./shapes";

const { object } = z;
const nothing = object({});
const part = z.enum(["header", "program header", "dynamic section", "loader", "list of libraries"]);

const files: Shapes<FileProblem> = {
  "no-elf": nothing,
  "elf-unreadable": object({ part }),
  "elf-bits-unknown": nothing,
  "elf-header-size": nothing,
  "elf-big-endian": nothing,
  "elf-other-type": nothing,
  "elf-too-large": object({ most: number, of: z.enum(["libraries", "headers", "entries"]) }),
  "others-write-in": object({ directory: raw }),
  "others-write": object({ file: raw }),
  audited: nothing,
  "no-file": object({ type: entryType }),
  "no-program": nothing,
  "interpreter-unnamed": nothing,
  "interpreter-options": nothing,
};
const file = family<FileProblem>(files);

/** Why a jail cannot have a program: the problem of an interpreter is one, too. */
export const program: z.ZodType<ProgramProblem, ProgramProblem> = z.lazy(() =>
  family<ProgramProblem>({
    ...files,
    "path-unfit": nothing,
    missing: nothing,
    "other-machine": object({ machine: number, host: text }),
    "script-of-scripts": nothing,
    "interpreter-missing": object({ name: raw, directories: z.array(raw) }),
    "interpreter-unfit": object({ interpreter: raw, why: program }),
    "loader-unknown": nothing,
    "loader-path-unfit": object({ loader: raw }),
    "loader-missing": object({ loader: raw }),
    "loader-unfit": object({ loader: raw, why: file }),
    "library-missing": object({ library: raw, by: z.exactOptional(raw) }),
    "library-unfit": object({ library: raw, path: raw, why: file }),
    "library-script": object({ library: raw, path: raw }),
    "libraries-endless": nothing,
    "place-taken": object({ file: raw, at: raw, rival: raw, neededBy: z.array(text) }),
  }),
);
