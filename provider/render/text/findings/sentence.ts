import type { FindingOf } from "../../../intent/finding";
import type { FindingId } from "../../../intent/finding-kinds";
import type { Principals } from "../../../model/entry";

/** A finding in words: the fact, and the remedy. */
export interface Sentence {
  readonly what: string;
  readonly remedy?: string;
}

/** The texts of some findings, by id. `principals` has the names of users and groups. */
export type Sentences<Id extends FindingId> = {
  readonly [One in Id]: (finding: FindingOf<One>, principals: Principals) => Sentence;
};

/** A reason against a change, as data: the name of the problem with its facts. */
interface Named {
  readonly problem: string;
}

/** The texts of a family of problems, by name: a problem without a text does not compile. */
export type ProblemSentences<Problem extends Named> = {
  readonly [Name in Problem["problem"]]: (problem: Extract<Problem, { readonly problem: Name }>) => Sentence;
};

/** The sentence of one problem of a family. */
export function problemSentence<Problem extends Named>(
  sentences: ProblemSentences<Problem>,
  problem: Problem,
): Sentence {
  const sentence = sentences[problem.problem as Problem["problem"]] as (one: Problem) => Sentence;
  return sentence(problem);
}

/** A sentence in one line. */
export function lineOf({ what, remedy }: Sentence): string {
  return remedy === undefined ? what : `${what}: ${remedy}`;
}
