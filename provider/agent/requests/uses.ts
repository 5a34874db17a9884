import { type Bytes, fromWire } from "../../model/bytes";
import type { PruneKind, Use, UseKind, Uses } from "../../observe/uses";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { pathList } from "../paths";
import { enter } from "./enter";

/**
 * Finds the entries of the jail that a process uses, in one round trip; for `anyway` only a process's working directory or
 * root. Nothing on the host is changed.
 */
export async function usesOf(agent: Agent, kind: PruneKind, paths: readonly Bytes[]): Promise<Uses> {
  const list = pathList(paths);
  const [, { lists }] = await Promise.all([enter(agent), ask(agent, "uses", { data: list, kind })]);
  const told = lists.get("uses");
  // A cut list says nothing of the entries that it leaves out.
  if (told?.status !== 0 || told.pieces.at(-1) !== "whole")
    return { used: new Map(), unknown: { problem: "agent-killed" } };
  return readUses(told.pieces);
}

/** Reads the host's list of used entries: `KIND PID NAME`, a line break and the path; or `unknown WHY`. */
export function readUses(pieces: readonly string[]): Uses {
  const used = new Map<Bytes, Use>();
  for (const piece of pieces) {
    const [, kind = "", pid = "", name = "", path = ""] = record.exec(piece) ?? [];
    if (path !== "") used.set(fromWire(path), { kind: kind as UseKind, pid: Number(pid), name: fromWire(name) });
  }
  const [unknown] = pieces.filter((piece) => piece.startsWith("unknown "));
  if (unknown === undefined) return { used };
  return { used, unknown: { problem: "told", told: unknown.slice("unknown ".length).trim() } };
}

const record = /^(busy|opens|maps|locks|bound|runs) (\d+) (.*)\n\.\/\/([\s\S]+)$/;
