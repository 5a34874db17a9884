import type { LaunchProblem } from "../../../intent/launch-problem";
import { bytesOf, show, showRemote } from "../../../model/bytes";
import type { ProblemSentences } from "./sentence";

/** Reasons why a daemon cannot be started safely. */
export const launchSentences: ProblemSentences<LaunchProblem> = {
  "root-number": () => ({ what: "the daemon's user or one of its groups is root (0) on the host" }),
  "tool-missing": ({ told }) => ({ what: showRemote(told) }),
  "systemd-absent": () => ({
    what: "this host does not run systemd (PID 1)",
    remedy: 'use kind "script"',
  }),
  "extra-groups": ({ groups }) => ({
    what: "systemd gives the daemon all groups that the host has its user in",
    remedy: `declare ${groups.join()} as supplementaryGroups, or take the user out of them`,
  }),
  "path-unfit": ({ path }) => ({
    what: `"${path}" has a character in it that systemd does not take in a path`,
    remedy: 'use kind "script"',
  }),
  "unit-hidden": ({ unit, file }) => ({ what: `systemd reads ${show(file)} instead of ${unit}`, remedy: "remove it" }),
  "unit-changed": ({ unit, file, isOwn }) => {
    const hidden = `${unit}.d/${show(file.slice(file.lastIndexOf("/") + 1) as typeof file)}`;
    const hide = isOwn ? "" : `, or hide it from this unit (ln -s /dev/null ${hidden})`;
    return { what: `${show(file)} changes the unit`, remedy: `remove it${hide}, or declare its settings` };
  },
  "launcher-in-jail": ({ launcher, root }) => ({
    what: `${show(bytesOf(launcher))} is in the jail ${root}`,
    remedy: "root runs it, so it must be in a place that no daemon can reach",
  }),
  "launcher-shown": ({ launcher, mount }) => ({
    what: `${show(bytesOf(launcher))} can be reached from a jail: ${show(mount)} there shows the directory that it is in`,
  }),
};
