import { counted } from "../../model/counted";
import { type FleetReport, outcomes } from "../fleet-report-v1";
import { between, millisecondsOf } from "../instant";
import { outcomeText } from "../words";
import { durationText, htmlText } from "./markup";

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly lane: number;
  readonly rank: number;
  readonly title: string;
}

const waveHeight = 18;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** A picture of the run: each host from its start to its end, in as few lanes as hosts ran at once; empty where no host ran. */
export function timeline(report: FleetReport): string {
  const { started, ended, hosts, waves } = report;
  const start = millisecondsOf(started) ?? 0;
  const span = Math.max(1, between(started, ended) ?? 1);
  const at = (time: number) => `${Math.min(100, Math.max(0, ((time - start) / span) * 100)).toFixed(2)}%`;
  const bars = barsOf(report);
  if (bars.length === 0) return "";
  const lanes = Math.max(...bars.map(({ lane }) => lane)) + 1;
  const pitch = lanes > 60 ? 5 : 8;
  const top = waves.length * waveHeight + 6;
  const bottom = top + lanes * pitch;
  const rects = bars.map(
    ({ from, to, lane, rank, title }) =>
      `<rect class=o${rank} x=${at(from)} y=${top + lane * pitch} width=${(((to - from) / span) * 100).toFixed(2)}% height=${pitch - 1}><title>${htmlText(title)}</title></rect>`,
  );
  const bands = waves.map((wave, index) => {
    const names = new Set(wave.hosts);
    const own = hosts.filter(({ name, started: from }) => names.has(name) && from !== undefined);
    const from = Math.min(...own.map((host) => millisecondsOf(host.started) ?? start));
    // A clock can jump back.
    const to = Math.max(from, ...own.map((host) => millisecondsOf(host.ended) ?? start));
    const y = index * waveHeight;
    if (own.length === 0) return `<text x=0 y=${y + 12}>${htmlText(wave.name)}: not begun</text>`;
    const isLate = from - start > span / 2;
    const label = `<text x=${at(isLate ? to : from)} y=${y + 12}${isLate ? " text-anchor=end" : ""}>${htmlText(wave.name)}</text>`;
    const gates = wave.gates.flatMap(({ name, isOpen, at: when }) => {
      const time = millisecondsOf(when);
      if (time === undefined) return [];
      const title = `gate ${name}: ${isOpen ? "open" : "closed"}`;
      return [
        `<circle class=o${isOpen ? 8 : 0} cx=${at(time)} cy=${y + 16} r=4><title>${htmlText(title)}</title></circle>`,
      ];
    });
    return `<rect class=b x=${at(from)} y=${y + 15} width=${(((to - from) / span) * 100).toFixed(2)}% height=2 />${label}${gates.join("")}`;
  });
  const label = `${counted(bars.length, "host")} in ${durationText(span)}, ${counted(lanes, "host")} at once`;
  return (
    `<figure><svg role=img aria-label="${label}" width=100% height=${bottom + 22}>` +
    `${ticks(span, top, bottom)}${bands.join("")}\n${rects.join("\n")}</svg>` +
    `<figcaption>${label}. Each bar is a host; its colour is its outcome.</figcaption></figure>\n`
  );
}

/** Hosts by their start, each in the first lane that is free. */
function barsOf({ hosts }: FleetReport): Bar[] {
  const ran = hosts.flatMap(({ name, outcome, started, ended }) => {
    const [from, to] = [millisecondsOf(started), millisecondsOf(ended)];
    if (from === undefined || to === undefined || to < from) return [];
    const title = `${name}: ${outcomeText(outcome)}, ${durationText(to - from)}`;
    return [{ from, to, rank: outcomes.indexOf(outcome), title }];
  });
  const free: number[] = [];
  return ran
    .sort((one, other) => one.from - other.from)
    .map((bar) => {
      const found = free.findIndex((time) => time <= bar.from);
      const lane = found === -1 ? free.length : found;
      free[lane] = bar.to;
      return { ...bar, lane };
    });
}

function ticks(span: number, top: number, bottom: number): string {
  const step = (steps.find((seconds) => span / 1000 / seconds <= 6) ?? 604_800) * 1000;
  const count = Math.min(8, Math.floor(span / step) + 1);
  return Array.from({ length: count }, (_, index) => {
    const x = `${((index * step * 100) / span).toFixed(2)}%`;
    const anchor = index === 0 ? "" : index * step > span * 0.95 ? " text-anchor=end" : " text-anchor=middle";
    const text = durationText(index * step).replace(".0", "");
    return `<line x1=${x} x2=${x} y1=${top} y2=${bottom} /><text x=${x} y=${bottom + 16}${anchor}>${text}</text>`;
  }).join("");
}
