import { fromWire } from "../../../../provider/model/bytes";
import type { UnreadProblem } from "../../../../provider/model/unread-problem";
import { unreadSentences } from "../../../../provider/render/text/findings/unread";
import { checkSentences } from "./check-sentences";

checkSentences<UnreadProblem>("an entry that was not read", unreadSentences, {
  unreadable: [
    [{ told: "Input/output error\n" }, "the host cannot read it: Input/output error"],
    [{ told: "x".repeat(101) }, `the host cannot read it: ${"x".repeat(100)} …`],
  ],
  "strange-line": [
    [
      { tool: "getfacl", told: "user:0:\x1b" },
      "this host's getfacl prints a line that is not understood: user:0:\\x1b",
    ],
  ],
  "came-meanwhile": [[{}, "an entry with an ACL came here while the jail was looked at"]],
  "mount-changing": [[{ path: fromWire("in/m") }, "in/m is mounted or unmounted all the time"]],
  "directories-moving": [
    [{}, "directories are moved in it all the time: stop the process that moves them, most likely the daemon"],
  ],
  "too-many-names": [
    [
      { count: 1234, names: 1_000_000, bytes: 256 * 1024 * 1024 },
      "it has 1,234 names below it or more, and a look takes at most 1,000,000 names of a jail, in 256 MiB: nothing below it is looked at; find the process that makes them on the host, and remove them there",
    ],
  ],
});
