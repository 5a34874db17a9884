import type { ElfPart, ElfProblem, FileProblem, ProgramProblem } from "../../../intent/program-problem";
import { show } from "../../../model/bytes";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

const elfSentences: ProblemSentences<ElfProblem> = {
  "no-elf": () => ({ what: "is no ELF file" }),
  "elf-unreadable": ({ part }) => ({ what: `is a damaged ELF file: ${partNames[part]} cannot be read` }),
  "elf-bits-unknown": () => ({ what: "is a damaged ELF file: neither of 32 nor of 64 bits" }),
  "elf-header-size": () => ({ what: "is a damaged ELF file: its program headers have another size" }),
  "elf-big-endian": () => ({
    what: "is a big-endian program: only the libraries of little-endian programs can be found",
  }),
  "elf-other-type": () => ({
    what: "is neither a program nor a library, but another ELF file (an object file, or a core dump)",
  }),
  "elf-too-large": ({ most, of }) => ({ what: `is an ELF file ${excesses[of](most)}` }),
};

const partNames: Readonly<Record<ElfPart, string>> = {
  header: "its header",
  "program header": "a program header",
  "dynamic section": "its dynamic section",
  loader: "its loader",
  "list of libraries": "its list of libraries",
};

const excesses: Readonly<Record<Extract<ElfProblem, { problem: "elf-too-large" }>["of"], (most: number) => string>> = {
  libraries: (most) => `that needs more than ${most} libraries`,
  headers: (most) => `with more than ${most} program headers`,
  entries: (most) => `with more than ${most} dynamic entries`,
};

const fileSentences: ProblemSentences<FileProblem> = {
  ...elfSentences,
  "others-write-in": ({ directory }) => ({
    what: `is not safe: users other than root may write in ${show(directory)}`,
  }),
  "others-write": ({ file }) => ({ what: `is not safe: users other than root may write to ${show(file)}` }),
  audited: () => ({ what: "has the loader run a library of its choice (DT_AUDIT), which no jail gets" }),
  "no-file": ({ type }) => ({ what: `is a ${type}, no program` }),
  "no-program": () => ({ what: "is no program: neither ELF nor with #! at its beginning" }),
  "interpreter-unnamed": () => ({ what: "is a script whose first line names no interpreter by an absolute path" }),
  "interpreter-options": () => ({
    what: "is a script that has env find its interpreter with options",
    remedy: "name the interpreter itself in its first line",
  }),
};

/** Predicates of a program that a jail cannot have. */
export const programSentences: ProblemSentences<ProgramProblem> = {
  ...fileSentences,
  "path-unfit": () => ({ what: "is not the absolute path of a file, without . and .." }),
  missing: () => ({ what: "does not exist on this host", remedy: "install it there, or correct the path" }),
  "other-machine": ({ machine, host }) => ({
    what: `is for another machine (ELF number ${machine}): this host is ${host}`,
  }),
  "script-of-scripts": () => ({ what: "is a script of scripts, more than Linux follows" }),
  "interpreter-missing": ({ name, directories }) => ({
    what: `is a script for ${show(name)}, which is in none of ${directories.map(show).join(", ")}`,
  }),
  "interpreter-unfit": ({ interpreter, why }) => {
    const { what, ...rest } = problemSentence(programSentences, why);
    return { what: `is a script for ${show(interpreter)}, which ${what}`, ...rest };
  },
  "loader-unknown": () => ({
    what: "is a library, and its loader is unknown",
    remedy: "declare a program that uses it, too",
  }),
  "loader-path-unfit": ({ loader }) => ({ what: `needs its loader ${show(loader)}, which is no absolute path` }),
  "loader-missing": ({ loader }) => ({ what: `needs its loader ${show(loader)}, which is not on this host` }),
  "loader-unfit": ({ loader, why }) => {
    const { what, ...rest } = problemSentence(fileSentences, why);
    return { what: `needs its loader ${show(loader)}, which ${what}`, ...rest };
  },
  "library-missing": ({ library, by }) => ({
    what: `needs ${show(library)}${by === undefined ? "" : `, as ${show(by)} does`}, which is not on this host`,
  }),
  "library-unfit": ({ library, path, why }) => {
    const { what, ...rest } = problemSentence(fileSentences, why);
    return { what: `needs ${show(library)}, but ${show(path)} ${what}`, ...rest };
  },
  "library-script": ({ library, path }) => ({ what: `needs ${show(library)}, but ${show(path)} is a script` }),
  "libraries-endless": () => ({ what: "needs thousands of libraries" }),
  "place-taken": ({ file, at, rival, neededBy }) => ({
    what: `needs ${show(file)} as ${show(at)} in the jail, where ${show(rival)} is for ${neededBy.join(", ")}`,
    remedy: "give each a jail of its own",
  }),
};

/** The predicate in one line. */
export function programText(problem: ProgramProblem): string {
  return lineOf(problemSentence(programSentences, problem));
}
