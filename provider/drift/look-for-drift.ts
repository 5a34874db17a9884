import { setMaxListeners } from "node:events";
import { atMost } from "../model/at-most";
import type { FleetReport, HostReport } from "../report/fleet-report-v1";
import { Connections, type HostConnections } from "../ssh/connections";
import { type HostUnit, hostUnitsOf } from "./host-unit";
import { type LookContext, lookAtHost, uncheckedHost } from "./look-at-host";
import { withoutTwins } from "./one-machine";
import type { StackState } from "./stack-state";

/** A host that was looked at, and how far the look is. */
export interface DriftProgress {
  readonly host: HostReport;
  readonly done: number;
  readonly of: number;
}

export interface DriftOptions {
  /** The report's name: the fleet's or the project's. */
  readonly name: string;
  readonly stacks: readonly StackState[];
  /** How many hosts are looked at together. Default 64. */
  readonly width?: number;
  /** After its abort the hosts that are not done with count as not checked. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DriftProgress) => void;
  /** Takes a notice about a connection, such as an unknown key that is trusted. */
  readonly onNotice?: (text: string) => void;
  readonly connections?: HostConnections;
}

const defaultWidth = 64;
/** Milliseconds for which a connection stays open without use: another stack may have a jail on the same host. */
const idleLimit = 500;

/** Compares all hosts with the states of stacks. It changes no host and no state. */
export async function lookForDrift(options: DriftOptions): Promise<FleetReport> {
  const started = new Date().toISOString();
  const { name, stacks, width = defaultWidth, signal = new AbortController().signal } = options;
  const connections = options.connections ?? new Connections(idleLimit);
  // Each host in flight listens to it.
  setMaxListeners(0, signal);
  const units = stacks.flatMap(hostUnitsOf);
  const context = { connections, signal, onNotice: options.onNotice ?? (() => undefined) };
  let done = 0;
  const look = async (unit: HostUnit): Promise<HostReport> => {
    const host = await lookUnlessStopped(unit, context);
    done++;
    options.onProgress?.({ host, done, of: units.length });
    return host;
  };
  let reports: HostReport[];
  try {
    reports = await atMost(width, units, look);
  } finally {
    // A dial to a host that hangs ends by itself.
    void connections.close();
  }
  const unread = stacks.flatMap(({ name: stack, unread: why }) =>
    why === undefined ? [] : [uncheckedHost({ name: stack, stack }, why)],
  );
  const hosts = [...unread, ...withoutTwins(units, reports)];
  return { version: 1, report: "drift", name, started, ended: new Date().toISOString(), hosts, waves: [] };
}

const stopped = "the look was stopped before it was done with this host";

function lookUnlessStopped(unit: HostUnit, context: LookContext): Promise<HostReport> {
  const { signal } = context;
  if (signal.aborted) return Promise.resolve(uncheckedHost(unit, stopped));
  return new Promise((resolve, reject) => {
    const stop = () => resolve(uncheckedHost(unit, stopped));
    signal.addEventListener("abort", stop, { once: true });
    lookAtHost(unit, context)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
