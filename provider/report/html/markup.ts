import { counted, number } from "../../model/counted";
import { weightClasses } from "../../plan/difference";
import { type HostOutcome, outcomes } from "../fleet-report-v1";
import { oneLine, outcomeText, weightText } from "../words";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const plain = /^[\x20-\x7e]*$/;

/** A text as HTML. Letters of other scripts are isolated, as some of them would turn the texts beside them around. */
export function html(text: string): string {
  const line = oneLine(text);
  const escaped = htmlText(line);
  return plain.test(line) ? escaped : `<bdi>${escaped}</bdi>`;
}

/** The same for places that take no element: a title, an attribute. */
export function htmlText(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** A table whose header cells become buttons that sort. The last tags of rows and cells are left out, as HTML allows. */
export function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th scope=col>${text}`).join("");
  return `<table><thead><tr>${head}<tbody>\n${rows.map((row) => `${row}\n`).join("")}</table>\n`;
}

/** The first cell of a row's severity. `is` is what the filter's `is:` finds. */
export function weightCell(weight: (typeof weightClasses)[number]): string {
  const rank = weightClasses.indexOf(weight);
  return `<td class=w${rank} data-v=${rank}>${weightText(weight)}`;
}

export function outcomeCell(outcome: HostOutcome, why?: string): string {
  const rank = outcomes.indexOf(outcome);
  const reason = why === undefined ? "" : `<p>${html(why)}</p>`;
  return `<td data-v=${rank}><span class=o${rank}>${outcomeText(outcome)}</span>${reason}`;
}

/** The fewest hosts that are folded away. */
const fewestFolded = 4;

/** The names of hosts: a few in the open, many behind their number. */
export function hostsCell(names: readonly string[]): string {
  const list = names.map(html).join(", ");
  const cell = `<td class=h data-v=${names.length}>`;
  if (names.length < fewestFolded) return `${cell}${list}`;
  return `${cell}<details><summary>${counted(names.length, "host")}</summary>${list}</details>`;
}

export function numberCell(count: number): string {
  return `<td class=n data-v=${count}>${number(count)}`;
}

/** The two sides of a difference. */
export function change(live: string, declared: string): string {
  return `<del>${html(live)}</del> → <ins>${html(declared)}</ins>`;
}

/** `2.4 s`, `3 min 12 s`; empty where it is unknown. */
export function durationText(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "";
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
