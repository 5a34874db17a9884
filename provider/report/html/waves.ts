import { number } from "../../model/counted";
import { groupBy } from "../../model/group-by";
import { type FleetReport, type HostReport, outcomes, type WaveReport } from "../fleet-report-v1";
import { outcomeCounts, outcomeText } from "../words";
import { hostsCell, html, table } from "./markup";

/** Hosts by wave, with the gates of each. */
export function waveTable({ waves, hosts }: FleetReport): string {
  const byWave = groupBy(hosts, ({ wave }) => wave);
  const rows = waves.map((wave) => {
    const own = byWave.get(wave.name) ?? [];
    const canary = wave.isCanary ? " <small>canary</small>" : "";
    const approved = wave.approvedBy === undefined ? "" : `<p>approved by ${html(wave.approvedBy)}</p>`;
    const gates = wave.gates.map(gateText).join("");
    return (
      `<tr><td>${html(wave.name)}${canary}${approved}<td class=k data-v=${worstOf(own)}>${countsText(own)}` +
      `<td>${gates === "" ? "" : `<ul>${gates}</ul>`}${hostsCell(wave.hosts)}`
    );
  });
  return table(["Wave", "Outcomes", "Gates", "Hosts"], rows);
}

/** Outcomes with their number of hosts, worst first. */
function countsText(hosts: readonly HostReport[]): string {
  return outcomeCounts(hosts)
    .map(({ outcome, rank, count }) => `<span class=o${rank}>${number(count)} ${outcomeText(outcome)}</span>`)
    .join(" ");
}

function worstOf(hosts: readonly HostReport[]): number {
  return Math.min(outcomes.length, ...hosts.map(({ outcome }) => outcomes.indexOf(outcome)));
}

function gateText({ name, isOpen, why }: WaveReport["gates"][number]): string {
  const [mark, text] = isOpen === undefined ? ["o5", "has not run"] : isOpen ? ["o8", "open"] : ["o0", "closed"];
  return `<li><span class=${mark}>${html(name)}: ${text}</span>${why === undefined ? "" : `<p>${html(why)}</p>`}`;
}
