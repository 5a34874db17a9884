import { isEqual } from "../model/values";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";
import type { FleetReport, HostReport } from "./fleet-report-v1";

/**
 * The part of a report that an earlier one does not have: hosts with another end or reason, differences and findings that are new
 * or have changed. A host with nothing new is left out; what is in order again has nothing new.
 */
export function onlyNew(report: FleetReport, before: FleetReport): FleetReport {
  const known = new Map(before.hosts.map((host) => [keyOf(host), host]));
  return { ...report, hosts: report.hosts.flatMap((host) => newIn(host, known.get(keyOf(host)))) };
}

function newIn(host: HostReport, before: HostReport | undefined): HostReport[] {
  if (host.outcome === "in-sync") return [];
  if (!before) return [host];
  const jails = host.jails.map((jail) =>
    newInJail(
      jail,
      before.jails.find(({ root }) => root === jail.root),
    ),
  );
  const isOtherEnd = host.outcome !== before.outcome || host.why !== before.why;
  const hasNew = jails.some(({ differences, findings, problems }) =>
    [differences, findings, problems ?? []].some((some) => some.length > 0),
  );
  return isOtherEnd || hasNew ? [{ ...host, jails }] : [];
}

function newInJail(jail: AssessmentV1, before: AssessmentV1 | undefined): AssessmentV1 {
  if (!before) return jail;
  const { problems, ...rest } = jail;
  const left = problems?.filter((problem) => before.problems?.includes(problem) !== true) ?? [];
  return {
    ...rest,
    differences: jail.differences.filter((one) => !before.differences.some((other) => isEqual(one, other))),
    findings: jail.findings.filter((one) => !before.findings.some((other) => isEqual(one, other))),
    ...(left.length > 0 ? { problems: left } : {}),
  };
}

function keyOf({ name, stack = "" }: HostReport): string {
  return JSON.stringify([name, stack]);
}
