import type { RecordProblem } from "../../../../provider/intent/record-problem";
import { recordSentences } from "../../../../provider/render/text/findings/records";
import { checkSentences } from "./check-sentences";

const label = "Jail::app";

checkSentences<RecordProblem>("a record", recordSentences, {
  "no-file": [[{}, "is no file"]],
  "no-json": [[{}, "is not JSON"]],
  "no-record": [[{}, "is not a record"]],
  "later-release": [[{}, "was written by a later release of pulumi-chroot: use that release"]],
  "other-machine": [[{ label }, "declares Jail::app of another machine, of which this one is a copy"]],
  "argument-type": [
    [
      { label, argument: "mounts.a\x1b.type" },
      "has another type of mounts.a\\x1b.type than any release has written (Jail::app)",
    ],
  ],
  "arguments-unreadable": [
    [{ label, error: "glob is empty" }, "has arguments that cannot be read: glob is empty (Jail::app)"],
  ],
});
