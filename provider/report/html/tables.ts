import { show } from "../../model/bytes";
import { counted, number } from "../../model/counted";
import { groupBy } from "../../model/group-by";
import { type WeightClass, weightClasses } from "../../plan/difference";
import { type HostReport, outcomes } from "../fleet-report-v1";
import type { DriftGroup } from "../group-drift";
import { type FindingGroup, isInTrouble, type ReasonGroup, reasonOf } from "../group-reasons";
import { between } from "../instant";
import { change, durationText, hostsCell, html, numberCell, outcomeCell, table, weightCell } from "./markup";

/** Hosts by their outcome's reason. */
export function reasonTable(groups: readonly ReasonGroup[]): string {
  const rows = groups.map(
    ({ outcome, why, hosts }) => `<tr>${outcomeCell(outcome)}<td>${html(why)}${hostsCell(hosts)}`,
  );
  return table(["Outcome", "Reason", "Hosts"], rows);
}

/** Drift by path. */
export function driftTable(groups: readonly DriftGroup[], isOneRoot: boolean): string {
  const rows = groups.map((group) => {
    const { weight, path, paths, root, live, declared, by, reason, isBlocked, hosts } = group;
    const place = isOneRoot ? "" : `<small>${html(root)}</small> `;
    const count = paths > 1 ? ` <small>${counted(paths, "path")}</small>` : "";
    const blocked = isBlocked ? " <small>not repaired by up</small>" : "";
    return (
      `<tr data-is="${weight.replace(" ", "-")}">${weightCell(weight)}<td class=p>${place}${html(path)}${count}` +
      `<td class=c>${change(live, declared)}${blocked}<td>${html(by)}<p>${html(reason)}</p>${hostsCell(hosts)}`
    );
  });
  return table(["Weight", "Path", "Live → declared", "Rule and reason", "Hosts"], rows);
}

export function findingTable(groups: readonly FindingGroup[]): string {
  const ranks: Readonly<Record<FindingGroup["severity"], number>> = {
    refused: 0,
    unchecked: 1,
    high: 1,
    medium: 3,
    low: 4,
  };
  const rows = groups.map(({ id, severity, root, at, text, remedy, isVaried, hosts }) => {
    const rank = ranks[severity];
    const place = at === undefined ? html(root) : `<small>${html(root)}</small> ${html(at)}`;
    const told = `${html(text)}${isVaried ? ", and the like" : ""}`;
    const remedyText = remedy === undefined ? "" : `<p>${html(remedy)}</p>`;
    return `<tr data-is=${severity}><td class=w${rank} data-v=${rank}>${severity}<td>${told}${remedyText}<td class=p>${place}<td class=c>${id}${hostsCell(hosts)}`;
  });
  return table(["Severity", "Finding", "Place", "Kind", "Hosts"], rows);
}

/** Drift by the rule that declares the paths, and by the rule's reason. `names` are all hosts in their order. */
export function ruleTable(groups: readonly DriftGroup[], names: readonly string[]): string {
  const rules = [...groupBy(groups, ({ by, reason }) => JSON.stringify([by, reason])).values()];
  const rows = rules.flatMap((of) => {
    const [worst] = of;
    if (!worst) return [];
    const drifted = new Set(of.flatMap(({ hosts }) => hosts));
    const paths = of.reduce((sum, group) => sum + group.paths, 0);
    const count = of.reduce((sum, group) => sum + group.count, 0);
    return [
      `<tr data-is="${worst.weight.replace(" ", "-")}">${weightCell(worst.weight)}<td>${html(worst.by)}<td>${html(worst.reason)}` +
        `${numberCell(paths)}${numberCell(count)}${hostsCell(names.filter((name) => drifted.has(name)))}`,
    ];
  });
  return table(["Worst", "Rule", "Reason", "Paths", "Differences", "Hosts"], rows);
}

/** Every host, worst first, with its own drift folded away. */
export function hostTable(hosts: readonly HostReport[], hasWaves: boolean): string {
  const sorted = [...hosts].sort((one, other) => outcomes.indexOf(one.outcome) - outcomes.indexOf(other.outcome));
  const rows = sorted.map((host) => {
    const { name, outcome, wave, started, ended } = host;
    const took = between(started, ended);
    return (
      `<tr data-is=${outcome}><td class=p>${html(name)}${outcomeCell(outcome, isInTrouble(host) ? reasonOf(host) : undefined)}` +
      `${hasWaves ? `<td>${html(wave ?? "")}` : ""}<td class=n data-v=${took ?? -1}>${durationText(took)}${driftCell(host)}`
    );
  });
  return table(["Host", "Outcome", ...(hasWaves ? ["Wave"] : []), "Took", "Differences"], rows);
}

function driftCell({ jails }: HostReport): string {
  const all = jails.flatMap(({ differences }) => differences);
  const findings = jails.flatMap((jail) => jail.findings.filter(({ accepted }) => accepted === undefined));
  const cell = `<td class=d data-v=${all.length + findings.length}>`;
  if (all.length + findings.length === 0) return cell;
  const lists = jails.map(({ root, differences }) => {
    // Rule and reason are in the views of paths and rules: here they would make a large page half as large again.
    const items = differences.map(
      ({ path, weight, live, declared }) =>
        `<li class=w${weightClasses.indexOf(weight)}>${html(show(path))} ${change(live, declared)}`,
    );
    const head = jails.length > 1 ? `<p>${html(root)}</p>` : "";
    return items.length === 0 ? "" : `${head}<ul>${items.join("")}</ul>`;
  });
  const told = findings.map(({ severity, text }) => `<li>${severity}: ${html(text)}`);
  const list = `${lists.join("")}${told.length > 0 ? `<ul>${told.join("")}</ul>` : ""}`;
  return `${cell}<details><summary>${weightsText(
    all.map(({ weight }) => weight),
    findings.length,
  )}</summary>${list}</details>`;
}

/** `5 paths: 1 gains root, 2 owner`. */
function weightsText(weights: readonly WeightClass[], findings: number): string {
  const counts = weightClasses.flatMap((weight, rank) => {
    const count = weights.filter((one) => one === weight).length;
    return count === 0 ? [] : [`<span class=w${rank}>${number(count)} ${weight}</span>`];
  });
  return [...counts, ...(findings > 0 ? [counted(findings, "finding")] : [])].join(" ");
}
