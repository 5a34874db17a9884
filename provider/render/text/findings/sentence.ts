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
