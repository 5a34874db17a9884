import type { RolloutEvent } from "../fleet/event";
import type { RolloutPlan } from "../fleet/plan";
import type { UnitPhase } from "./unit-phase";

/** A moment of a rollout, for people. */
export type RolloutProgress =
  /** Nothing has started yet. */
  | { readonly event: "planned"; readonly at: string; readonly plan: RolloutPlan }
  /** Units that the fleet has, and the plan of the record that goes on has not: they wait for the next rollout. */
  | { readonly event: "joined"; readonly at: string; readonly units: readonly string[] }
  | UnitPhase
  | RolloutEvent;

/** How {@link rollout} runs. */
export interface RolloutOptions {
  /**
   * `preview` runs every unit without a change to a host, and gives the same report.
   * @defaultValue `"up"`
   * @example mode: "preview"
   */
  readonly mode?: "up" | "preview";
  /**
   * The file of the record. A rollout whose record has not ended goes on.
   * @defaultValue `.pulumi-chroot/NAME.rollout.jsonl`, in preview mode `.pulumi-chroot/NAME.preview.jsonl`, below the working
   * directory
   * @example record: "/var/lib/jails/zones.jsonl"
   */
  readonly record?: string;
  /**
   * Units in flight at once.
   * @defaultValue the fleet's `width`
   * @example width: 2
   */
  readonly width?: number;
  /**
   * Asks whether a wave may start: it resolves with the one who approves, or with undefined, which stops the rollout.
   * @defaultValue none; a fleet whose waves need an approval is then refused
   * @example approve: async (wave) => (wave === "rest" ? undefined : "the release manager")
   */
  readonly approve?: (wave: string) => Promise<string | undefined>;
  /**
   * Its abort is a stop: units in flight finish, nothing else starts, and the same call goes on later.
   * @defaultValue none: only the end of the rollout stops it
   * @example signal: AbortSignal.timeout(3_600_000)
   */
  readonly signal?: AbortSignal;
  /**
   * Called at each step: the plan, the phases of units, and every event of the record.
   * @defaultValue none
   * @example onEvent: ({ event }) => console.error(event)
   */
  readonly onEvent?: (event: RolloutProgress) => void;
}
