/** Runs of the CLI for one unit. */
export interface UnitStack {
  preview(): Promise<CliEnd>;
  up(): Promise<CliEnd>;
  /** Makes the stack where the backend has none yet. */
  create(): Promise<CliEnd>;
}

/** The end of a command of the CLI. */
export interface CliEnd {
  /** Something changes, or has changed. */
  readonly isChanged?: boolean;
  /**
   * `program`, the unit's program threw; `engine`, Pulumi's engine ran and found an error; `early`, the CLI ended before that, as
   * it does where the backend does not answer.
   */
  readonly problem?: "no-stack" | "locked" | "program" | "engine" | "early";
  readonly why?: string;
  /** The lock's holder has ended, on this machine. */
  readonly isLeft?: boolean;
}
