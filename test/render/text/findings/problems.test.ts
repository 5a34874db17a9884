import { describe, expect, test } from "@jest/globals";
import type { LaunchProblem } from "../../../../provider/intent/launch-problem";
import { fromWire } from "../../../../provider/model/bytes";
import { launchSentences } from "../../../../provider/render/text/findings/launches";
import { lineOf, type ProblemSentences, problemSentence } from "../../../../provider/render/text/findings/sentence";

/** One problem with each name of a family, and its line. */
type Cases<Problem extends { readonly problem: string }> = {
  readonly [Name in Problem["problem"]]: readonly [
    Omit<Extract<Problem, { readonly problem: Name }>, "problem">,
    string,
  ][];
};

function check<Problem extends { readonly problem: string }>(
  family: string,
  sentences: ProblemSentences<Problem>,
  cases: Cases<Problem>,
): void {
  describe(`a problem of ${family}`, () => {
    for (const [problem, examples] of Object.entries(cases) as [string, [object, string][]][])
      for (const [facts, line] of examples)
        test(`${problem}: ${line}`, () => {
          const one = { problem, ...facts } as unknown as Problem;
          // A report writes it as JSON.
          expect(JSON.parse(JSON.stringify(one))).toStrictEqual(one);
          expect(lineOf(problemSentence(sentences, one))).toBe(line);
        });
  });
}

const unit = "/etc/systemd/system/app.service";

check<LaunchProblem>("a launch", launchSentences, {
  "root-number": [[{}, "the daemon's user or one of its groups is root (0) on the host"]],
  "tool-missing": [[{ told: "it says \x1b[2J\n" }, "it says \\x1b[2J"]],
  "systemd-absent": [[{}, 'systemd is not what runs this host (PID 1): use kind "script"']],
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
      "/etc/systemd/system/app.service.d/a.conf changes the unit: remove it, or declare what it says",
    ],
    [
      { unit, file: fromWire("/etc/systemd/system/service.d/a.conf"), isOwn: false },
      "/etc/systemd/system/service.d/a.conf changes the unit: remove it, or hide it from this unit (ln -s /dev/null /etc/systemd/system/app.service.d/a.conf), or declare what it says",
    ],
  ],
  "launcher-in-jail": [
    [
      { launcher: "/srv/x/start", root: "/srv/x" },
      "/srv/x/start is in the jail /srv/x: what is run as root has to be where no daemon can reach it",
    ],
  ],
  "launcher-shown": [
    [
      { launcher: "/opt/start", mount: fromWire("/srv/x/mnt") },
      "/opt/start can be reached from a jail: /srv/x/mnt there shows the directory that it is in",
    ],
  ],
});
