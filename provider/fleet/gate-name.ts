import { printable } from "../model/bytes";
import type { GateDeclaration } from "./gate";

/** The name of a gate in plans, tables and reports. A default name never shows a part of a command or a query: these may be secret. */
export function gateName(gate: GateDeclaration): string {
  return printable(gate.name ?? checkName(gate));
}

function checkName(gate: GateDeclaration): string {
  if ("tcp" in gate)
    return gate.tcp.host === undefined ? `tcp ${gate.tcp.port}` : `tcp ${place(gate.tcp.host, gate.tcp.port)}`;
  if ("dns" in gate) {
    const { name, type = "A", server, port = 53 } = gate.dns;
    const at = server === undefined ? (port === 53 ? "" : ` at port ${port}`) : ` at ${place(server, port)}`;
    return `dns ${name}${type === "A" ? "" : ` ${type}`}${at}`;
  }
  if ("http" in gate) return withoutQuery(gate.http.url);
  if ("unit" in gate) return `unit ${gate.unit}`;
  if ("command" in gate) return `command ${/^[A-Za-z0-9_./-]+(?=\s|$)/.exec(gate.command.trim())?.[0] ?? "of sh"}`;
  if ("soak" in gate) return `soak ${durationText(gate.soak)}`;
  return "no drift";
}

/** `host:port`, with brackets around an address of IPv6. */
export function place(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A URL for people, without the parts that may be secret. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;

/** Seconds as `1h30m` or `2.5s`. */
export function durationText(seconds: number): string {
  let left = seconds;
  let text = "";
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return left > 0 || text === "" ? `${text}${Number(left.toFixed(3))}s` : text;
}
