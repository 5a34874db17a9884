import type { RolloutPlan } from "./plan";

/**
 * The end of one unit: `refused`, the host was asked and `up` would not touch the jail; `failed`, its program, its preview or its
 * `up` ended with an error.
 */
export type Outcome = "done" | "failed" | "refused" | "unreachable";

/** A step of a rollout that has happened, after its plan. A unit that ends as `waiting` was put back before it changed anything. */
export type RolloutEvent =
  | { readonly event: "approved"; readonly at: string; readonly wave: string; readonly by: string }
  | { readonly event: "started"; readonly at: string; readonly unit: string }
  | {
      readonly event: "ended";
      readonly at: string;
      readonly unit: string;
      readonly outcome: Outcome | "waiting";
      readonly why?: string;
      /** `up` has changed it; in a preview, `up` would. */
      readonly isChanged?: true;
    }
  | {
      readonly event: "gated";
      readonly at: string;
      readonly wave: string;
      readonly gate: string;
      readonly isOpen: boolean;
      readonly why?: string;
    }
  /** Somebody asks for a stop, or a wave gets no approval: units in flight finish, and the same command goes on later. */
  | { readonly event: "stopping"; readonly at: string; readonly withoutApproval?: string }
  /**
   * The rollout goes on in another process. `gone` are units of the plan that are no longer in the fleet. With `retries`, units
   * that failed and gates that stayed closed are tried again: the rollout had ended by them, and their cause may be mended.
   */
  | { readonly event: "resumed"; readonly at: string; readonly gone: readonly string[]; readonly retries: boolean };

/** The first line of a record: the decisions of the rollout, before any unit starts. */
export interface Planned {
  readonly record: "pulumi-chroot rollout";
  readonly version: 1;
  /** The name of the fleet; absent in a record that an earlier release has begun. */
  readonly fleet?: string;
  readonly at: string;
  readonly plan: RolloutPlan;
}
