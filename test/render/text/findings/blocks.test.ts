import type { UnseenUses } from "../../../../provider/intent/unseen-uses";
import { fromWire } from "../../../../provider/model/bytes";
import type { Block } from "../../../../provider/plan/block";
import { blockSentences } from "../../../../provider/render/text/findings/blocks";
import { unseenUsesSentences } from "../../../../provider/render/text/findings/uses";
import { checkSentences } from "./check-sentences";

const name = fromWire("smtpd");

checkSentences<Block>("a repair", blockSentences, {
  "too-deep": [[{ deepest: 100 }, "it is more than 100 directories deep"]],
  "path-too-long": [[{ bytes: 4001 }, "its path has 4,001 bytes, more than a command takes"]],
  "names-outside": [
    [{ outside: 1, names: 2 }, "1 of its 2 names is outside the jail"],
    [{ outside: 2, names: 3 }, "2 of its 3 names are outside the jail"],
  ],
  "names-disagree": [[{ names: 2 }, "its 2 names are declared differently"]],
  flag: [
    [{ flag: "immutable" }, "it is immutable, or its directory is: chattr -i on the host takes that away"],
    [{ flag: "append-only" }, "it is append-only, or its directory is: chattr -a on the host takes that away"],
  ],
  "record-unread": [
    [
      { damage: { file: "other.json", why: { problem: "no-record" } } },
      "other.json in the registry may declare it, and is not a record: see to it, or remove it",
    ],
  ],
  "mount-below": [[{ mount: fromWire("old/m") }, "old/m is a mount point: unmount it, or protect it"]],
  "unseen-below": [[{ path: fromWire("old/big") }, "nothing below old/big is looked at"]],
  "daemons-directory": [
    [
      {},
      "other users than root may write in it, so its contents are the daemon's: declare or protect the path, or name it in pruneAnyway",
    ],
  ],
  "in-use": [
    [
      { use: { kind: "opens", pid: 7, name } },
      "process 7 (smtpd) has it open, or an entry below it: end that process, or declare or protect the path, or name it in pruneAnyway",
    ],
    [
      { use: { kind: "busy", pid: 0, name } },
      "a process that cannot be seen has its working directory or its root in it: end that process, or declare or protect the path",
    ],
  ],
  "use-unknown": [
    [
      { why: { problem: "agent-killed" } },
      "it is unknown whether a process uses it: a process of the agent was killed: out of memory?; or declare or protect the path, or name it in pruneAnyway",
    ],
  ],
});

checkSentences<UnseenUses>("the look at processes", unseenUsesSentences, {
  "agent-killed": [[{}, "a process of the agent was killed: out of memory?"]],
  told: [[{ told: "/proc hides some\x1b" }, "/proc hides some\\x1b"]],
});
