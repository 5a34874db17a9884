import type { Finding, FindingOf } from "../../../intent/finding";
import type { FindingId } from "../../../intent/finding-kinds";
import { bytesOf, show } from "../../../model/bytes";
import type { Principals } from "../../../model/entry";
import { nameless } from "../difference-text";
import { placeSentences } from "./places";
import { processSentences } from "./processes";
import { refusalSentences } from "./refusals";
import { lineOf, type Sentence, type Sentences } from "./sentence";
import { sightSentences } from "./sights";

const sentences: Sentences<FindingId> = {
  ...refusalSentences,
  ...placeSentences,
  ...sightSentences,
  ...processSentences,
};

/** A finding in words. Without the host's `principals` users and groups have numbers. */
export function sentenceOf<Id extends FindingId>(finding: FindingOf<Id>, principals: Principals = nameless): Sentence {
  return sentences[finding.id](finding, principals);
}

/** The same for a log, where a finding that the last `up` has not left is marked. */
export function findingLine(finding: Finding, principals?: Principals): string {
  return `${findingText(finding, principals)}${newMark(finding)}`;
}

/** The mark of a new finding; an accepted one is known. */
export function newMark({ isNew, accepted }: Pick<Finding, "isNew" | "accepted">): string {
  return isNew && accepted === undefined ? " (new)" : "";
}

/** A finding in one line, with the remedy or the reason why the Jail accepts it. */
export function findingText(finding: Finding, principals?: Principals): string {
  const sentence = sentenceOf(finding, principals);
  const { accepted } = finding;
  return accepted === undefined ? lineOf(sentence) : `${sentence.what} (accepted: ${show(bytesOf(accepted))})`;
}
