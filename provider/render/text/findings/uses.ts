import type { UnseenUses } from "../../../intent/unseen-uses";
import { showRemote } from "../../../model/bytes";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

/** Reasons why the host has not told which entries processes use. */
export const unseenUsesSentences: ProblemSentences<UnseenUses> = {
  "agent-killed": () => ({ what: "a process of the agent was killed: out of memory?" }),
  told: ({ told }) => ({ what: showRemote(told, 300) }),
};

/** The reason in one line. */
export function unseenUsesText(problem: UnseenUses): string {
  return lineOf(problemSentence(unseenUsesSentences, problem));
}
