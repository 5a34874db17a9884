/** A command that runs on the host. */
export interface Command {
  readonly argv: readonly string[];
  /** The user that runs it; root by default. */
  readonly user?: string;
  /** The time limit, in seconds. */
  readonly timeLimit: number;
}
