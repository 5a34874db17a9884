import type { LaunchProblem } from "../../intent/launch-problem";
import type { Launch } from "../../model/launch";
import type { LaunchHost } from "../../observe/launch-host";

/** Reasons why a daemon cannot be started safely on a host. There is no weaker fallback. */
export function launchProblems(kind: "script" | "systemd", launch: Launch, host: LaunchHost): LaunchProblem[] {
  const ids = [launch.uid, launch.gid, ...launch.groups];
  const isRoot: LaunchProblem[] = ids.includes(0) ? [{ problem: "root-number" }] : [];
  const missing = host.lacks.map((told): LaunchProblem => ({ problem: "tool-missing", told }));
  return [...isRoot, ...(kind === "script" ? missing : unitProblems(launch, host))];
}

function unitProblems({ root, writable, mounts, groups }: Launch, host: LaunchHost): LaunchProblem[] {
  const found: LaunchProblem[] = [];
  if (!host.systemd) found.push({ problem: "systemd-absent" });
  // systemd calls initgroups(3) for User=, even when SupplementaryGroups= is set.
  const more = host.memberOf.filter((group) => !groups.includes(group));
  if (more.length > 0) found.push({ problem: "extra-groups", groups: more });
  // systemd reads a setting of one path without quotes, to the end of the line, and splits a setting of several paths at spaces.
  for (const path of new Set([root, ...writable, ...mounts]))
    if (!/^[\x21-\x7e\x80-\uffff]+$/.test(path) || /["'\\:]/.test(path)) found.push({ problem: "path-unfit", path });
  return found;
}
