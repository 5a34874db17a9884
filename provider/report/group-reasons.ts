import { type FindingId, type Severity, severities } from "../intent/finding-kinds";
import { show } from "../model/bytes";
import { groupBy } from "../model/group-by";
import { type HostOutcome, type HostReport, outcomes } from "./fleet-report-v1";

/** Hosts that ended alike, for one reason. */
export interface ReasonGroup {
  readonly outcome: HostOutcome;
  readonly why: string;
  readonly hosts: readonly string[];
}

const troubles: ReadonlySet<HostOutcome> = new Set(["failed", "refused", "unreachable", "not-checked"]);

/** Whether a report has less than everything about a host, for a reason that it names. */
export function isInTrouble({ outcome }: HostReport): boolean {
  return troubles.has(outcome);
}

/** The hosts in trouble by their reasons, worst first, then by their number. */
export function groupReasons(hosts: readonly HostReport[]): ReasonGroup[] {
  const inTrouble = hosts
    .filter(isInTrouble)
    .map((host) => ({ ...host, why: reasonOf(host), common: commonReason(host) }));
  const groups = [...groupBy(inTrouble, ({ outcome, common }) => JSON.stringify([outcome, common])).values()];
  return groups
    .flatMap((of) => {
      const [first] = of;
      if (!first) return [];
      const why = of.every((one) => one.why === first.why) ? first.why : first.common;
      return [{ outcome: first.outcome, why, hosts: of.map(({ name }) => name) }];
    })
    .sort(
      (one, other) =>
        outcomes.indexOf(one.outcome) - outcomes.indexOf(other.outcome) || other.hosts.length - one.hosts.length,
    );
}

/** The reason of a host's outcome: its own, or the first that its jails tell. */
export function reasonOf({ why, jails }: HostReport): string {
  const told = jails.flatMap(({ problems = [], findings }) => [
    ...problems,
    ...findings.filter(({ severity }) => severity === "refused" || severity === "unchecked").map(({ text }) => text),
  ]);
  return why ?? told[0] ?? "no reason is known";
}

/** The reason without the host's own place and without names of resources, which may be its own as well. */
function commonReason(report: HostReport): string {
  const places = report.jails.flatMap(({ host, root }) => (host === undefined ? [] : [`${host}:${root}: `]));
  const text = places.reduce((one, place) => one.replaceAll(place, ""), reasonOf(report));
  return text.replace(/\b[A-Z][A-Za-z]+::[^\s:]+: /g, "");
}

/** One finding that hosts have in common. */
export interface FindingGroup {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly root: string;
  /** Its path, fit to print; absent where it concerns all of the jail. */
  readonly at?: string;
  /** Its sentence; on the first of the hosts where they differ, in the number of a process for example. */
  readonly text: string;
  readonly remedy?: string;
  /** Whether the hosts have other sentences, too. */
  readonly isVaried: boolean;
  readonly hosts: readonly string[];
}

/** The findings of a fleet that no Jail accepts, worst first, then by the number of their hosts. */
export function groupFindings(hosts: readonly HostReport[]): FindingGroup[] {
  const all = hosts.flatMap(({ name, jails }) =>
    jails.flatMap(({ root, findings }) =>
      findings.filter(({ accepted }) => accepted === undefined).map((one) => ({ name, root, one })),
    ),
  );
  const groups = [...groupBy(all, ({ root, one: { id, at } }) => JSON.stringify([id, root, at])).values()];
  return groups
    .flatMap((of): FindingGroup[] => {
      const [first] = of;
      if (!first) return [];
      const { id, severity, at, text, remedy } = first.one;
      const optional = { ...(at === undefined ? {} : { at: show(at) }), ...(remedy === undefined ? {} : { remedy }) };
      const isVaried = of.some(({ one }) => one.text !== text);
      const names = [...new Set(of.map(({ name }) => name))];
      return [{ id, severity, root: first.root, text, isVaried, hosts: names, ...optional }];
    })
    .sort(
      (one, other) =>
        severities.indexOf(one.severity) - severities.indexOf(other.severity) || other.hosts.length - one.hosts.length,
    );
}
