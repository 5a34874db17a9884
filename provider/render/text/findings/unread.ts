import { show, showRemote } from "../../../model/bytes";
import { number } from "../../../model/counted";
import type { UnreadProblem } from "../../../model/unread-problem";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

/** Reasons why the host has not told all of an entry, or of the entries below it. */
export const unreadSentences: ProblemSentences<UnreadProblem> = {
  unreadable: ({ told }) => ({ what: `the host cannot read it: ${showRemote(told, 100)}` }),
  "strange-line": ({ tool, told }) => ({
    what: `this host's ${tool} prints a line that is not understood: ${showRemote(told, 100)}`,
  }),
  "came-meanwhile": () => ({ what: "an entry with an ACL came here while the jail was looked at" }),
  "mount-changing": ({ path }) => ({ what: `${show(path)} is mounted or unmounted all the time` }),
  "directories-moving": () => ({
    what: "directories are moved in it all the time",
    remedy: "stop the process that moves them, most likely the daemon",
  }),
  "too-many-names": ({ count, names, bytes }) => ({
    what: `it has ${number(count)} names below it or more, and a look takes at most ${number(names)} names of a jail, in ${number(Math.ceil(bytes / 1024 / 1024))} MiB`,
    remedy: "nothing below it is looked at; find the process that makes them on the host, and remove them there",
  }),
};

/** The reason in one line. */
export function unreadText(problem: UnreadProblem): string {
  return lineOf(problemSentence(unreadSentences, problem));
}
