import { commentLines } from "./comments";

export interface Offence {
  /** `file:line`, or a commit. */
  readonly at: string;
  readonly text: string;
}

/** A sentence that begins with one of these words hides its subject. */
const vague = /(?:^|^- |[.!?]["'`)]*\s+)(?:What|Whoever|Those|Of|Nobody|Who)\b/;

/** The lines of a file's comments on which such a sentence begins. */
export function vagueComments(file: string, source: string): Offence[] {
  return commentLines(file, source)
    .filter(({ text }) => vague.test(text))
    .map(({ line, text }) => ({ at: `${file}:${line}`, text }));
}

/** The commits in a log of `%h %s` whose subject has more than 72 characters. */
export function longSubjects(log: string): Offence[] {
  return [...log.matchAll(/^(\S+) (.{73,})$/gmu)].map(([, at = "", text = ""]) => ({ at, text }));
}
