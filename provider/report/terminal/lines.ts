import { counted, number } from "../../model/counted";
import { cutEnd, cutMiddle, padded, widthOf } from "../../model/display-width";
import { type DriftGroup, isWorst } from "../group-drift";
import type { FindingGroup, ReasonGroup } from "../group-reasons";
import { oneLine, outcomeText, weightText } from "../words";

/** Columns of the first word of a line: `takes execute` and a gap. */
const labelColumns = 15;

/** A text in lines of at most `columns`, broken at spaces; the second and later ones are indented. */
export function wrapped(text: string, columns: number, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S)(?= )/)) {
    if (line !== "" && widthOf(line + word) > columns) {
      lines.push(line);
      line = " ".repeat(indent) + word.trimStart();
    } else line += word;
  }
  return [...lines, line].map((one) => cutEnd(one, columns));
}

/** A line whose first word stands in a column of its own: at most `most` lines, the last one cut. */
export function labelled(label: string, text: string, columns: number, most = 2): string[] {
  const lines = wrapped(`${padded(label, labelColumns)}${text}`, columns, labelColumns);
  const shown = lines.slice(0, most);
  const last = shown.at(-1) ?? "";
  return lines.length > most ? [...shown.slice(0, -1), cutEnd(`${last} …`, columns)] : shown;
}

/** `ns1`, or `312 hosts: ns1, ns2 …` with as many names as there is room for. */
function hostsText(names: readonly string[], columns: number): string {
  const [first = "", ...more] = names.map(oneLine);
  if (more.length === 0) return cutMiddle(first, Math.max(columns, 12));
  const count = counted(names.length, "host");
  const all = `${count}: ${[first, ...more].join(", ")}`;
  if (widthOf(all) <= columns) return all;
  let text = `${count}: ${first}`;
  if (widthOf(text) > columns - 2) return count;
  for (const name of more) {
    if (widthOf(text) + widthOf(name) + 4 > columns) break;
    text += `, ${name}`;
  }
  return `${text} …`;
}

/** `refused        12 hosts: ns1, ns2 … : the reason`, in at most so many lines. */
export function reasonLines({ outcome, why, hosts }: ReasonGroup, columns: number, most: number): string[] {
  const names = hostsText(hosts, Math.floor((columns - labelColumns) * 0.45));
  return labelled(outcomeText(outcome), `${names}${names.endsWith("…") ? " " : ""}: ${oneLine(why)}`, columns, most);
}

/** `LOOSER         etc/zones/*.db (3 paths)  0666 => 0644  on 312 hosts: ns1, ns2 …`. `root` is the one that the head names. */
export function driftLine(group: DriftGroup, columns: number, root: string | undefined): string {
  const { paths, isBlocked, hosts } = group;
  const count = `${paths > 1 ? ` (${number(paths)} paths)` : ""}${isBlocked ? ", not repaired by up" : ""}`;
  const change = changeText(group);
  const room = columns - labelColumns;
  const least = widthOf(`on ${hosts.length === 1 ? hostsText(hosts, 24) : counted(hosts.length, "host")}`);
  const forBoth = Math.max(24, room - least - 4 - widthOf(count));
  const forPath = Math.max(16, forBoth - widthOf(change.join(" => ")));
  const path = cutMiddle(placeText(group, root), forPath) + count;
  const forSides = forBoth - widthOf(path) + widthOf(count);
  const told = fitted(change, forSides);
  const rest = Math.max(room - widthOf(path) - widthOf(told) - 7, hosts.length === 1 ? least - 3 : 0);
  return cutEnd(`${padded(mark(group), labelColumns)}${path}  ${told}  on ${hostsText(hosts, rest)}`, columns);
}

export function findingLine({ severity, at, text, isVaried, hosts }: FindingGroup, columns: number): string {
  const room = columns - labelColumns;
  const names = ` on ${hostsText(hosts, Math.floor(room * 0.35))}`;
  const told = `${at === undefined ? "" : `${at}: `}${oneLine(text)}${isVaried ? ", and the like" : ""}`;
  return cutEnd(`${padded(severity, labelColumns)}${cutMiddle(told, room - widthOf(names) - 1)} ${names}`, columns);
}

/** The line for the groups of one of the two worst classes that have no line of their own. */
export function restLine(rest: readonly DriftGroup[], columns: number): string {
  const hosts = [...new Set(rest.flatMap(({ hosts: names }) => names))];
  const [first] = rest;
  const text = `and ${counted(new Set(rest.map(({ root, path }) => `${root}/${path}`)).size, "more path")} on `;
  const names = hostsText(hosts, columns - labelColumns - text.length);
  return cutEnd(`${padded(first ? mark(first) : "", labelColumns)}${text}${names}`, columns);
}

/** The two classes that must not be overlooked are in capitals: a terminal may have no colours. */
function mark({ weight }: DriftGroup): string {
  return isWorst(weight) ? weight.toUpperCase() : weightText(weight);
}

/** The path as the head's root makes it clear: below it, or absolute. */
function placeText({ root, path }: DriftGroup, headRoot: string | undefined): string {
  if (path.startsWith("/") || root === headRoot) return path;
  return path === "." ? oneLine(root) : `${oneLine(root).replace(/\/$/, "")}/${path}`;
}

/** The two sides, without the owner that they have in common. */
function changeText({ live, declared }: DriftGroup): [string, string] {
  const [one, other] = [oneLine(live), oneLine(declared)];
  const owner = /^\S*:\S* /.exec(one)?.[0] ?? "";
  const isCommon = owner !== "" && other.startsWith(owner);
  return isCommon ? [one.slice(owner.length), other.slice(owner.length)] : [one, other];
}

function fitted([live, declared]: [string, string], columns: number): string {
  const whole = `${live} => ${declared}`;
  if (widthOf(whole) <= columns) return whole;
  const half = Math.max(8, Math.floor((columns - 4) / 2));
  const left = cutEnd(live, Math.max(half, columns - 4 - widthOf(declared)));
  return `${left} => ${cutEnd(declared, Math.max(half, columns - 4 - widthOf(left)))}`;
}
