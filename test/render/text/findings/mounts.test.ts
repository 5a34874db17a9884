import type { LogSocketProblem, MountPointProblem, MountProblem } from "../../../../provider/intent/mount-problem";
import { fromWire } from "../../../../provider/model/bytes";
import { logSocketSentences, mountSentences } from "../../../../provider/render/text/findings/mounts";
import { type Cases, checkSentences } from "./check-sentences";

const source = fromWire("/srv/data");
const mount = fromWire("dev");

const mountPoints: Cases<MountPointProblem> = {
  "writable-above": [
    [{ above: "up" }, "up above it is declared as writable: declare a path where only root may write"],
  ],
  "declared-below": [
    [
      { path: fromWire("up/b") },
      "up/b is declared below it, and would end up in the mounted file system: leave it out",
    ],
  ],
  "writable-itself": [
    [{}, "it is declared as writable, too: set owner, group and mode of the mount, which decide about writing there"],
  ],
  "others-write-above": [
    [
      { above: fromWire("var") },
      "users other than root may write in var, and could put another directory in its place: declare a path where only root may write",
    ],
  ],
};

checkSentences<MountProblem>("a mount", mountSentences, {
  ...mountPoints,
  "kernel-old": [
    [
      { release: "4.18.0\x1b" },
      "the host has Linux 4.18.0\\x1b, and before 5.8 what the jail is not to see the host's own /proc would not show either: use a newer kernel, or leave it out",
    ],
    [
      { release: "" },
      "the host does not tell its kernel's release, and before 5.8 what the jail is not to see the host's own /proc would not show either: use a newer kernel, or leave it out",
    ],
  ],
  "source-around-jail": [
    [{ source }, "its source /srv/data has the jail itself in it: bind a directory beside the jail"],
  ],
  "source-in-jail": [
    [{ source, shows: "socket" }, "its source /srv/data is in the jail: bind a socket beside the jail"],
  ],
  "source-unsafe": [
    [
      { source, place: { problem: "no-directory", above: fromWire("/srv/link") } },
      "its source /srv/data is below /srv/link, which is no directory: declare the path that it points to",
    ],
  ],
  "source-missing": [[{ source }, "its source /srv/data is not there: make it on the host, or correct the path"]],
  "source-unfit": [
    [{ source, type: "link" }, "its source /srv/data is a link: declare the path that it points to"],
    [{ source, type: "fifo" }, "its source /srv/data is a fifo: declare a directory, a file or a socket"],
  ],
  "socket-link": [
    [{ source, isToJournal: true }, 'its source /srv/data is a link: declare from: "journald"'],
    [{ source, isToJournal: false }, "its source /srv/data is a link: declare the path that it points to"],
  ],
  "socket-missing": [
    [
      { source, isJournal: true },
      'its source /srv/data is not there: start the daemon that makes it, or declare from: "syslog", or the path of a socket',
    ],
    [
      { source, isJournal: false },
      "its source /srv/data is not there: start the daemon that makes it, or correct the path",
    ],
  ],
  "socket-unfit": [[{ source, type: "file" }, "its source /srv/data is a file: declare a datagram socket"]],
  "socket-no-datagram": [
    [{ source }, "its source /srv/data is no datagram socket: declare one that syslog lines are sent to"],
  ],
});

checkSentences<LogSocketProblem>("a log socket", logSocketSentences, {
  ...mountPoints,
  "mounted-over": [[{ mount }, "dev is declared as a mount: give logSocket a path of the jail itself"]],
  "name-too-long": [
    [
      { socket: fromWire("/srv/log"), longest: 107 },
      "/srv/log is longer than the 107 bytes that a socket can be named with: declare a shorter path or root",
    ],
  ],
  "directory-there": [[{}, "it is a directory: remove it, or declare another path"]],
  "rsyslog-missing": [
    [
      { program: fromWire("/usr/sbin/rsyslogd") },
      'the host has no /usr/sbin/rsyslogd: install rsyslog, or declare from: "journald" or the path of the socket that its syslog daemon listens at',
    ],
  ],
});
