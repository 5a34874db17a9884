import type { PlaceProblem } from "../../../intent/place-problem";
import { show, showRemote } from "../../../model/bytes";
import { formatMode } from "../../../model/mode";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

/** Predicates of a place on the host that is not safe to use. */
export const hostPlaceSentences: ProblemSentences<PlaceProblem> = {
  unreadable: ({ told }) => ({ what: `cannot be looked at by this host: ${showRemote(told, 100)}` }),
  "directory-missing": ({ directory }) => ({
    what: "has no directory",
    remedy: `make ${show(directory)} on the host, or correct the path`,
  }),
  "no-directory": ({ above }) => ({
    what: `is below ${show(above)}, which is no directory`,
    remedy: "declare the path that it points to",
  }),
  "others-write": ({ above, user, group, mode }) => ({
    what: `is below ${show(above)}, which is ${show(user)}:${show(group)} ${formatMode(mode)}: users other than root could put another file in its place`,
  }),
};

/** The predicate in one line. */
export function hostPlaceText(problem: PlaceProblem): string {
  return lineOf(problemSentence(hostPlaceSentences, problem));
}
