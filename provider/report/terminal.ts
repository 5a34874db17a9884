import { counted, number } from "../model/counted";
import type { FleetReport, HostReport } from "./fleet-report-v1";
import { type DriftGroup, groupDrift, isWorst } from "./group-drift";
import { type FindingGroup, groupFindings, groupReasons } from "./group-reasons";
import { driftLine, findingLine, labelled, reasonLines, restLine, wrapped } from "./terminal/lines";
import { nounOf, oneLine, outcomeCounts, outcomeText, titles } from "./words";

/** The most lines of a report, but where `next` is longer than one. */
const mostLines = 25;
/** Lines that the reasons of hosts may take, however much drift there is. */
const leastForReasons = 8;
const mostGateLines = 3;

export interface TerminalOptions {
  /** Default: 80. */
  readonly columns?: number;
  /** The next command to type, whole. */
  readonly next?: string;
  /** The hosts of the whole report, where this one has only news of them. */
  readonly lookedAt?: number;
}

/** A drift or a finding that gets a line. */
type Item = { readonly rank: number; readonly line: string; readonly worst?: DriftGroup };

/**
 * A report for people, worst first, in at most 25 lines of `columns`. Hosts with one reason, and drift that hosts have in common,
 * share a line. The report counts the lines that it has no room for; drift that gains root or is looser always has a line, of its
 * own as far as there is room.
 */
export function terminalReport(report: FleetReport, { columns = 80, next, lookedAt }: TerminalOptions = {}): string {
  const root = onlyRoot(report.hosts);
  const lines = [...headLines(report, columns, root, lookedAt), ...stopLines(report, columns)];
  const ends = next === undefined ? [] : [`next: ${next}`];
  const drift = groupDrift(report.hosts.filter(({ outcome }) => outcome !== "repaired"));
  const findings = groupFindings(report.hosts).filter(({ severity }) => severity === "high" || severity === "medium");
  const items = [
    ...drift.map((group) => driftItem(group, columns, root)),
    ...findings.map((group) => ({ rank: findingRanks[group.severity] ?? 0, line: findingLine(group, columns) })),
  ].sort((one, other) => one.rank - other.rank);
  const room = mostLines - lines.length - ends.length;
  const reasons = reasonsOf(report, columns, Math.max(leastForReasons, room - items.length));
  return [...lines, ...reasons, ...withRoom(items, room - reasons.length, columns), ...ends]
    .map((line) => `${line}\n`)
    .join("");
}

const driftRanks = { "gains root": 0, looser: 1, "takes execute": 3, owner: 4, other: 6 } as const;
const findingRanks: Partial<Record<FindingGroup["severity"], number>> = { high: 2, medium: 5 };

function driftItem(group: DriftGroup, columns: number, root: string | undefined): Item {
  const item = { rank: driftRanks[group.weight], line: driftLine(group, columns, root) };
  return isWorst(group.weight) ? { ...item, worst: group } : item;
}

function withRoom(items: readonly Item[], room: number, columns: number): string[] {
  if (items.length <= room) return items.map(({ line }) => line);
  const worst = items.filter(({ worst: group }) => group !== undefined);
  // A daemon can make any number of entries of these classes: one line for each class stands for the rest.
  const single = worst.length < room ? room - 1 : room - 3;
  const left = items.slice(single);
  const rests = (["gains root", "looser"] as const).flatMap((weight) => {
    const of = left.flatMap(({ worst: group }) => (group?.weight === weight ? [group] : []));
    return of.length === 0 ? [] : [restLine(of, columns)];
  });
  const cut = left.filter(({ worst: group }) => group === undefined).length;
  const more = `and ${counted(cut, "more group")}: --html or --json has all`;
  return [...items.slice(0, single).map(({ line }) => line), ...rests, ...(cut === 0 ? [] : [more])];
}

function headLines(
  report: FleetReport,
  columns: number,
  root: string | undefined,
  lookedAt: number | undefined,
): string[] {
  const { name, hosts } = report;
  const counts = outcomeCounts(hosts).map(({ outcome, count }) => `${number(count)} ${outcomeText(outcome)}`);
  const place = root === undefined ? "" : `, all in ${oneLine(root)}`;
  const noun = nounOf(report);
  const all = `${counted(hosts.length, noun)}: ${counts.join(", ")}${place}`;
  const news = lookedAt === undefined ? "" : `, only news of ${counted(lookedAt, noun)}`;
  const none = lookedAt === undefined ? `no ${noun}s` : `nothing new on ${counted(lookedAt, noun)}`;
  const of = hosts.length === 0 ? none : `${all}${news}`;
  return wrapped(`${titles[report.report]} ${oneLine(name)}: ${of}`, columns, 2).slice(0, 4);
}

/** The root of all jails, where there is only one. */
function onlyRoot(hosts: readonly HostReport[]): string | undefined {
  const roots = new Set(hosts.flatMap(({ jails }) => jails.map(({ root }) => root)));
  const [root] = roots;
  return roots.size === 1 ? root : undefined;
}

function stopLines({ stopped, waves }: FleetReport, columns: number): string[] {
  const closed = waves.flatMap(({ name, gates }) =>
    gates
      .filter(({ isOpen }) => isOpen === false)
      .map((gate) => `${name}: ${gate.name}${gate.why === undefined ? "" : `: ${gate.why}`}`),
  );
  const shown = closed.slice(0, closed.length > mostGateLines ? mostGateLines - 1 : mostGateLines);
  const cut = closed.length - shown.length;
  return [
    ...(stopped === undefined ? [] : labelled("stopped", oneLine(stopped), columns)),
    ...shown.flatMap((gate) => labelled("gate closed", oneLine(gate), columns, 1)),
    ...(cut === 0 ? [] : labelled("", `and ${counted(cut, "more closed gate")}`, columns)),
  ];
}

function reasonsOf({ hosts }: FleetReport, columns: number, room: number): string[] {
  const groups = groupReasons(hosts);
  const told = (most: number) => groups.flatMap((group) => reasonLines(group, columns, most));
  // The remedy is at a reason's end.
  const whole = [8, 2].map(told).find((one) => one.length <= room);
  if (whole) return whole;
  const single = told(1);
  if (single.length <= room) return single;
  const rest = groups.slice(room - 1);
  const count = rest.reduce((sum, { hosts: names }) => sum + names.length, 0);
  const more = `and ${counted(rest.length, "more reason")} on ${counted(count, "host")}`;
  return [...single.slice(0, room - 1), ...labelled("", more, columns, 1)];
}
