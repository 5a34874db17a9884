import type { FleetReport, HostOutcome } from "../report/fleet-report-v1";

/** Exit statuses of the commands. */
export const exitStatus = { clean: 0, failed: 1, drift: 2, notChecked: 3 } as const;

const statuses: Readonly<Record<HostOutcome, number>> = {
  failed: exitStatus.failed,
  refused: exitStatus.notChecked,
  unreachable: exitStatus.notChecked,
  "not-checked": exitStatus.notChecked,
  waiting: exitStatus.notChecked,
  drifted: exitStatus.drift,
  gone: exitStatus.clean,
  repaired: exitStatus.clean,
  "in-sync": exitStatus.clean,
};

/** The status by which a report ends its command: 1 before 3, before 2, before 0. */
export function exitStatusOf({ hosts, stopped }: FleetReport): number {
  const found = new Set(hosts.map(({ outcome }) => statuses[outcome]));
  const worst = [exitStatus.failed, exitStatus.notChecked, exitStatus.drift].find((status) => found.has(status));
  // A gate may stop a rollout in which no host failed.
  return worst ?? (stopped === undefined ? exitStatus.clean : exitStatus.failed);
}
