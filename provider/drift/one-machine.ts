import type { HostReport } from "../report/fleet-report-v1";
import type { HostUnit } from "./host-unit";
import { knownOf } from "./stated";

/**
 * Refuses the hosts that are one machine under two names, and declare one jail of it: each `up` would undo the other's, and a
 * report would count the machine twice.
 */
export function withoutTwins(units: readonly HostUnit[], reports: readonly HostReport[]): HostReport[] {
  const names = new Map<string, Set<string>>();
  const keys = units.map((unit, index) => jailKeys(unit, reports[index]));
  for (const [index, of] of keys.entries())
    for (const key of of) names.set(key, (names.get(key) ?? new Set()).add(units[index]?.address ?? ""));
  return reports.map((report, index) => {
    const twin = (keys[index] ?? []).find((key) => (names.get(key)?.size ?? 0) > 1);
    return twin === undefined
      ? report
      : { ...report, outcome: "refused", why: twinText(twin, names.get(twin) ?? new Set()) };
  });
}

/** The machine and root of each jail that a unit declares itself, not by a reference. */
function jailKeys({ resources }: HostUnit, report: HostReport | undefined): string[] {
  const roots = new Set(
    resources.map(knownOf).flatMap((one) => ("site" in one && one.kind.declaresJail ? [one.site.root] : [])),
  );
  const seen = (report?.jails ?? []).filter(({ root, machine }) => machine !== "" && roots.has(root));
  return seen.map(({ root, machine }) => `${machine} ${root}`);
}

function twinText(key: string, names: ReadonlySet<string>): string {
  const [machine = "", ...root] = key.split(" ");
  const hosts = [...names].sort().join(" and ");
  return `${hosts} are one machine (machine-id ${machine}), and each declares ${root.join(" ")} there: declare the jail once. If they are two machines, one is a copy of the other: give it a machine-id of its own (systemd-machine-id-setup)`;
}
