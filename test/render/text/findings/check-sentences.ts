import { describe, expect, test } from "@jest/globals";
import { lineOf, type ProblemSentences, problemSentence } from "../../../../provider/render/text/findings/sentence";

interface Named {
  readonly problem: string;
}

/** Facts of a problem, and its line. */
type Case<Problem, Name> = readonly [Omit<Extract<Problem, { readonly problem: Name }>, "problem">, string];

/** Problems of a family, by name: none may be missing. */
export type Cases<Problem extends Named> = { readonly [Name in Problem["problem"]]: readonly Case<Problem, Name>[] };

/** Checks the line of each problem of a family, and that a report can write the problem as JSON. */
export function checkSentences<Problem extends Named>(
  family: string,
  sentences: ProblemSentences<Problem>,
  cases: Cases<Problem>,
): void {
  describe(`a problem of ${family}`, () => {
    for (const [problem, examples] of Object.entries(cases) as [string, [object, string][]][])
      for (const [facts, line] of examples)
        test(`${problem}: ${line}`, () => {
          const one = { problem, ...facts } as unknown as Problem;
          expect(JSON.parse(JSON.stringify(one))).toStrictEqual(one);
          expect(lineOf(problemSentence(sentences, one))).toBe(line);
        });
  });
}
