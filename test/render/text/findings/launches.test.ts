import type { LaunchProblem } from "../../../../provider/intent/launch-problem";
import { fromWire } from "../../../../provider/model/bytes";
import { launchSentences } from "../../../../provider/render/text/findings/launches";
import { checkSentences } from "./check-sentences";

const unit = "/etc/systemd/system/app.service";

checkSentences<LaunchProblem>("a launch", launchSentences, {
  "root-number": [[{}, "the daemon's user or one of its groups is root (0) on the host"]],
  "tool-missing": [[{ told: "it says \x1b[2J\n" }, "it says \\x1b[2J"]],
  "systemd-absent": [[{}, 'this host does not run systemd (PID 1): use kind "script"']],
  "extra-groups": [
    [
      { groups: [6, 33] },
      "systemd gives the daemon all groups that the host has its user in: declare 6,33 as supplementaryGroups, or take the user out of them",
    ],
  ],
  "path-unfit": [
    [{ path: "a b" }, '"a b" has a character in it that systemd does not take in a path: use kind "script"'],
  ],
  "unit-hidden": [
    [
      { unit, file: fromWire("/run/systemd/system/app.service") },
      "systemd reads /run/systemd/system/app.service instead of /etc/systemd/system/app.service: remove it",
    ],
  ],
  "unit-changed": [
    [
      { unit, file: fromWire(`${unit}.d/a.conf`), isOwn: true },
      "/etc/systemd/system/app.service.d/a.conf changes the unit: remove it, or declare its settings",
    ],
    [
      { unit, file: fromWire("/etc/systemd/system/service.d/a.conf"), isOwn: false },
      "/etc/systemd/system/service.d/a.conf changes the unit: remove it, or hide it from this unit (ln -s /dev/null /etc/systemd/system/app.service.d/a.conf), or declare its settings",
    ],
  ],
  "launcher-in-jail": [
    [
      { launcher: "/srv/x/start", root: "/srv/x" },
      "/srv/x/start is in the jail /srv/x: root runs it, so it must be in a place that no daemon can reach",
    ],
  ],
  "launcher-shown": [
    [
      { launcher: "/opt/start", mount: fromWire("/srv/x/mnt") },
      "/opt/start can be reached from a jail: /srv/x/mnt there shows the directory that it is in",
    ],
  ],
});
