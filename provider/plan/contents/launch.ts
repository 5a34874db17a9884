import { showRemote } from "../../model/bytes";
import type { Launch } from "../../model/launch";
import type { LaunchHost } from "../../observe/launch-host";

/** Reasons why a daemon cannot be started safely on a host, as sentences. There is no weaker fallback. */
export function launchProblems(kind: "script" | "systemd", launch: Launch, host: LaunchHost): string[] {
  const ids = [launch.uid, launch.gid, ...launch.groups];
  const isRoot = ids.includes(0) ? ["the daemon's user or one of its groups is root (0) on the host"] : [];
  return [...isRoot, ...(kind === "script" ? host.lacks.map((text) => showRemote(text)) : unitProblems(launch, host))];
}

function unitProblems({ root, writable, mounts, groups }: Launch, host: LaunchHost): string[] {
  const found: string[] = [];
  if (!host.systemd) found.push('systemd is not what runs this host (PID 1): use kind "script"');
  // systemd calls initgroups(3) for User=, even when SupplementaryGroups= is set.
  const more = host.memberOf.filter((group) => !groups.includes(group));
  if (more.length > 0)
    found.push(
      `systemd gives the daemon all groups that the host has its user in: declare ${more.join()} as supplementaryGroups, or take the user out of them`,
    );
  // systemd reads a setting of one path without quotes, to the end of the line, and splits a setting of several paths at spaces.
  for (const path of new Set([root, ...writable, ...mounts]))
    if (!/^[\x21-\x7e\x80-\uffff]+$/.test(path) || /["'\\:]/.test(path))
      found.push(`"${path}" has a character in it that systemd does not take in a path: use kind "script"`);
  return found;
}
