import type { Renumbering } from "../../../intent/renumbering";
import { findingText } from "./finding-text";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

const remedy = "stop it, then run the command again";

/** Reasons why a daemon must not be started with its user's new number. */
export const renumberingSentences: ProblemSentences<Renumbering> = {
  "old-number-runs": ({ pid, ...numbers }) => ({
    what: `${numbersText(numbers)}, and process ${pid} runs with the old one`,
    remedy,
  }),
  "processes-unknown": ({ error, ...numbers }) => ({
    what: `${numbersText(numbers)}, and it is unknown whether a process still runs with the old one: ${error}`,
    remedy,
  }),
  "processes-partly-seen": ({ seen, ...numbers }) => ({
    what: `${numbersText(numbers)}, and ${findingText(seen)}`,
    remedy,
  }),
};

/** The reason in one line. */
export function renumberingText(problem: Renumbering): string {
  return lineOf(problemSentence(renumberingSentences, problem));
}

function numbersText({ before, now }: Pick<Renumbering, "before" | "now">): string {
  return `its user had the number ${before} and has ${now} now`;
}
