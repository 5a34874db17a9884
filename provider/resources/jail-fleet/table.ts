import { printable } from "../../model/bytes";
import { counted } from "../../model/counted";
import { type FleetHostState, hostStates } from "./args";

/** Characters of names that a line has room for. */
const room = 100;

/** The hosts of a fleet as a table: the counts, then a line for each state, worst first, with as many names as have room. */
export function stateTable(states: Readonly<Record<string, FleetHostState>>): string {
  const names = Object.keys(states);
  const groups = hostStates.map((state) => ({ state, hosts: names.filter((name) => states[name] === state) }));
  const used = groups.filter(({ hosts }) => hosts.length > 0);
  const count = counted(names.length, "host");
  const [only, ...more] = used;
  if (!only) return count;
  if (more.length === 0) return printable(`${count} ${only.state}: ${listText(only.hosts)}`);
  const counts = used.map(({ state, hosts }) => `${hosts.length} ${state}`).join(", ");
  const lines = used.map(({ state, hosts }) => `${state.padEnd(11)}  ${listText(hosts)}`);
  return printable([`${count}: ${counts}`, ...lines].join("\n"));
}

function listText(names: readonly string[]): string {
  let text = "";
  for (const [index, name] of names.entries()) {
    const longer = index === 0 ? oneLine(name) : `${text}, ${oneLine(name)}`;
    if (index > 0 && longer.length > room) return `${text} and ${names.length - index} more`;
    text = longer;
  }
  return text;
}

function oneLine(name: string): string {
  return name.replaceAll("\n", "\\n");
}
