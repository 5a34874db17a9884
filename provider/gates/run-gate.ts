import type { GateDeclaration } from "../fleet/gate";
import { durationText } from "../fleet/gate-name";
import type { Connection } from "../model/connection";
import { Connections } from "../ssh/connections";
import { Limiter } from "../ssh/limiter";
import { evidence } from "./evidence";
import { poll } from "./poll";
import { type Asked, type AskingGate, targetsOf } from "./targets";
import { limited, pause } from "./time";

/** Checks of a gate at once. */
const width = 64;

export interface GateOptions extends Pick<Asked, "noDrift"> {
  /** Ends the gate at once. The gate is closed then, unless it has passed before. */
  readonly signal: AbortSignal;
  /** The time of the wave's last change, for `soak`. Milliseconds since 1970; default: now. */
  readonly since?: number;
  /** The clock. Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface GateResult {
  readonly isOpen: boolean;
  /** The hosts that did not pass, with their last reasons. Printable, without secrets. */
  readonly why?: string;
  /** The time of its end: ISO 8601, UTC. */
  readonly at: string;
}

/**
 * Runs a gate for the hosts of a wave, by their names in the fleet. `gateMistake` has to find no mistake in the declaration, and
 * a gate on drift needs `noDrift`. Never rejects for a host's sake.
 */
export async function runGate(
  gate: GateDeclaration,
  hosts: ReadonlyMap<string, Connection>,
  options: GateOptions,
): Promise<GateResult> {
  const { now = Date.now } = options;
  const why = "soak" in gate ? await soak(gate.soak, options, now()) : await ask(gate, hosts, options);
  return { isOpen: why === undefined, ...(why === undefined ? {} : { why }), at: new Date(now()).toISOString() };
}

async function ask(
  gate: AskingGate,
  hosts: ReadonlyMap<string, Connection>,
  { signal, noDrift }: GateOptions,
): Promise<string | undefined> {
  const { timeout = "noDrift" in gate ? 600 : 60, interval = 2 } = gate;
  // A connection lives from one check to the next.
  const connections = new Connections(interval * 1000 + 30_000);
  const patient = new Map([...hosts].map(([host, connection]) => [host, within(connection, timeout)]));
  const targets = targetsOf(gate, { hosts: patient, connections, ...(noDrift ? { noDrift } : {}) });
  const time = limited(signal, timeout * 1000);
  const polling = { interval: interval * 1000, signal: time.signal, places: new Limiter(width) };
  try {
    const verdicts = await Promise.all(targets.map((target) => poll(target, polling)));
    const closed = verdicts.filter(({ failure }) => failure !== undefined);
    if (closed.length === 0) return undefined;
    return `${signal.aborted ? "stopped before it passed: " : ""}${evidence(closed)}`;
  } finally {
    time.release();
    // A host that is still being dialled closes later: the gate does not wait for it.
    void connections.close();
  }
}

/** Dials no longer than the gate takes: a dial keeps the process from ending. */
function within(connection: Connection, timeout: number): Connection {
  const { perDialTimeout } = connection;
  const isWithin = perDialTimeout === undefined ? timeout >= 15 : perDialTimeout > 0 && perDialTimeout <= timeout;
  return isWithin ? connection : { ...connection, perDialTimeout: timeout };
}

/** Waits for the rest of the time. A clock that was set back meanwhile makes it no longer than the whole time. */
async function soak(seconds: number, { signal, since }: GateOptions, start: number): Promise<string | undefined> {
  const left = Math.min(seconds, seconds + ((since ?? start) - start) / 1000);
  if (left <= 0) return undefined;
  await pause(signal, left * 1000);
  return signal.aborted ? `stopped before ${durationText(seconds)} had passed` : undefined;
}
