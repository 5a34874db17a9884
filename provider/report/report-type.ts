/** A report of a rollout or of a look for drift. `schema/fleet-report.v1.json` describes the same value as JSON. */
export interface FleetReport {
  readonly version: 1;
  readonly report: "drift" | "preview" | "rollout";
  /** The fleet's or the project's name. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  /** Why a rollout ended before its last wave. */
  readonly stopped?: string;
  readonly hosts: readonly HostReport[];
  /** In their order; empty for a drift report. */
  readonly waves: readonly WaveReport[];
}

/** A host of a report, or a unit of a rollout. */
export interface HostReport {
  readonly name: string;
  /** The stack that declares its jails. */
  readonly stack?: string;
  readonly wave?: string;
  /** `repaired`: `up` has changed it; `waiting`: its wave has not begun; `gone`: it is no longer in the fleet. */
  readonly outcome:
    | "failed"
    | "refused"
    | "unreachable"
    | "not-checked"
    | "drifted"
    | "waiting"
    | "gone"
    | "repaired"
    | "in-sync";
  /** Why it failed, was refused or could not be reached. */
  readonly why?: string;
  readonly started?: string;
  readonly ended?: string;
  readonly jails: readonly JailReport[];
}

/** A jail as the look has found it, before any repair. */
export interface JailReport {
  /** `user@host`, with a port that is not 22. */
  readonly host?: string;
  readonly root: string;
  readonly state: "refused" | "not-checked" | "drifted" | "in-sync";
  /** Problems of a resource as a whole. */
  readonly problems?: readonly string[];
  /** Paths that differ, worst first. */
  readonly differences: readonly {
    readonly path: string;
    readonly live: string;
    readonly declared: string;
    /** The reason of the declaration. */
    readonly reason: string;
    readonly weight: string;
  }[];
  /** Refusals, unchecked parts and remarks, worst first. */
  readonly findings: readonly { readonly id: string; readonly severity: string; readonly text: string }[];
}

/** A wave of a rollout. */
export interface WaveReport {
  readonly name: string;
  readonly isCanary: boolean;
  readonly hosts: readonly string[];
  readonly approvedBy?: string;
  readonly gates: readonly {
    readonly name: string;
    /** Absent where the gate has not run. */
    readonly isOpen?: boolean;
    readonly why?: string;
    readonly at?: string;
  }[];
}
