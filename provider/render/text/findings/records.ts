import type { RecordProblem } from "../../../intent/record-problem";
import { bytesOf, show } from "../../../model/bytes";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

/** Predicates of a file in the registry that is no record of this jail. */
export const recordSentences: ProblemSentences<RecordProblem> = {
  "no-file": () => ({ what: "is no file" }),
  "no-json": () => ({ what: "is not JSON" }),
  "no-record": () => ({ what: "is not a record" }),
  "later-release": () => ({ what: "was written by a later release of pulumi-chroot", remedy: "use that release" }),
  "other-machine": ({ label }) => ({
    what: `declares ${label} of another machine, of which this one is a copy`,
  }),
  "argument-type": ({ label, argument }) => ({
    what: `has another type of ${show(bytesOf(argument))} than any release has written (${label})`,
  }),
  "arguments-unreadable": ({ label, error }) => ({ what: `has arguments that cannot be read: ${error} (${label})` }),
};

/** The predicate in one line. */
export function recordText(problem: RecordProblem): string {
  return lineOf(problemSentence(recordSentences, problem));
}
