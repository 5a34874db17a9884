/** A moment of a unit in flight, for people. */
export interface UnitPhase {
  readonly event: "phase";
  readonly at: string;
  readonly unit: string;
  /** `locked`, it waits for another process to leave its stack; `backend`, it waits for the store of the states. */
  readonly phase: "preview" | "up" | "locked" | "backend";
  readonly why?: string;
}
