import type { GateDeclaration } from "../../provider/fleet/gate";
import { gateMistake } from "../../provider/fleet/gate-arguments";
import { type GateOptions, type GateResult, runGate } from "../../provider/gates/run-gate";
import type { Connection } from "../../provider/model/connection";

/** Time for a gate that opens, on a busy machine. */
const patience = 60;

/** Seconds for a gate that stays closed: a busy machine has an answer by then. */
export const closing = 1;

/** Runs a gate that asks every few milliseconds; one that is to stay closed has a `timeout` of its own. */
export async function gateOn(
  hosts: Readonly<Record<string, string | Connection>>,
  gate: GateDeclaration,
  options: Partial<GateOptions> = {},
): Promise<GateResult> {
  const asking = "soak" in gate ? gate : { timeout: patience, interval: 0.005, ...gate };
  const mistake = gateMistake(asking);
  if (mistake !== undefined) throw new Error(mistake);
  const connections = Object.entries(hosts).map(
    ([name, host]) => [name, typeof host === "string" ? { host } : host] as const,
  );
  return runGate(asking, new Map(connections), { signal: new AbortController().signal, ...options });
}
