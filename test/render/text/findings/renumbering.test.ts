import { finding } from "../../../../provider/intent/finding";
import type { Renumbering } from "../../../../provider/intent/renumbering";
import { renumberingSentences } from "../../../../provider/render/text/findings/renumbering";
import { checkSentences } from "./check-sentences";

const numbers = { before: 1033, now: 1044 };

checkSentences<Renumbering>("a renumbered user", renumberingSentences, {
  "old-number-runs": [
    [
      { ...numbers, pid: 7 },
      "its user had the number 1033 and has 1044 now, and process 7 runs with the old one: stop it, then run the command again",
    ],
  ],
  "processes-unknown": [
    [
      { ...numbers, error: "it took more than 10 s" },
      "its user had the number 1033 and has 1044 now, and it is unknown whether a process still runs with the old one: it took more than 10 s: stop it, then run the command again",
    ],
  ],
  "processes-partly-seen": [
    [
      { ...numbers, seen: finding("processes-partly-seen", { blind: "/proc hides some", more: 0, isRestless: false }) },
      "its user had the number 1033 and has 1044 now, and not all of the jail's running processes were seen: /proc hides some: stop it, then run the command again",
    ],
  ],
});
