/** The reason why a check has not passed, ready to print. A final one stays: no further try could do better, and it may do harm. */
export interface Failure {
  readonly why: string;
  readonly isFinal?: boolean;
}

/** One server that has to pass a gate's check. */
export interface Target {
  /** The host's name in the fleet; absent where the gate names a server of its own. */
  readonly host?: string;
  /** Its place for evidence: `127.0.0.1:53`. */
  readonly at?: string;
  /** Checks once. Resolves with undefined where the check passes. After the signal nobody waits for it. */
  readonly probe: (signal: AbortSignal) => Promise<Failure | undefined>;
  /** Milliseconds for one check; absent: until the gate's time is over. */
  readonly limit?: number;
}
