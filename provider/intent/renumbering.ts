import type { FindingOf } from "./finding";

/** Why a daemon must not be started with its user's new number: a process may still run with the old one. */
export type Renumbering = Numbers &
  (
    | { readonly problem: "old-number-runs"; readonly pid: number }
    /** The message of the look that failed. */
    | { readonly problem: "processes-unknown"; readonly error: string }
    | { readonly problem: "processes-partly-seen"; readonly seen: FindingOf<"processes-partly-seen"> }
  );

interface Numbers {
  readonly before: number;
  readonly now: number;
}
