import { type Share, shareMistake, unitsOf } from "./share";
import { planWaves, type Unit, type Wave, type WaveDeclaration, type WaveMistake } from "./waves";

/** A wave of a rollout, with the names of its gates in their order. */
export interface PlannedWave extends Wave {
  readonly gates: readonly string[];
  readonly needsApproval: boolean;
}

/** Everything that a rollout decides before its first unit starts. It never changes later. */
export interface RolloutPlan {
  /** `preview` runs every unit without a change, and gives the same report. */
  readonly mode: "up" | "preview";
  readonly waves: readonly PlannedWave[];
  /** The failures that the rollout tolerates, over all waves: after one more no unit starts; units in flight finish. */
  readonly maxFailures: number;
  /** The same for units that cannot be reached, which are no failures but in a canary wave. Absent: any number. */
  readonly maxUnreachable?: number;
  /** Units in flight at once. */
  readonly width: number;
}

/** The declaration of a rollout. */
export interface RolloutDeclaration extends Pick<RolloutPlan, "mode" | "width"> {
  readonly waves: readonly (WaveDeclaration & Partial<Pick<PlannedWave, "gates" | "needsApproval">>)[];
  /** Default 0. A percentage is of the whole fleet, and rounds down. */
  readonly maxFailures?: Share;
  /** Default: any number. */
  readonly maxUnreachable?: Share;
}

export type RolloutMistake =
  | WaveMistake
  | { readonly mistake: "bad-share"; readonly at: string; readonly why: string }
  | { readonly mistake: "bad-width"; readonly width: number }
  | { readonly mistake: "same-unit"; readonly unit: string };

/** The plan of a rollout over these units, in numbers; or the first mistake of its declaration. */
export function planRollout(
  units: readonly Unit[],
  { mode, width, waves, maxFailures = 0, maxUnreachable }: RolloutDeclaration,
): RolloutPlan | RolloutMistake {
  const names = units.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { mistake: "same-unit", unit: twice };
  if (!Number.isSafeInteger(width) || width < 1) return { mistake: "bad-width", width };
  const shares: [string, Share | undefined][] = [
    ["maxFailures", maxFailures],
    ["maxUnreachable", maxUnreachable],
    ...waves.flatMap(({ name, size, maxFailures: own }): [string, Share | undefined][] => [
      [`waves.${name}.size`, size],
      [`waves.${name}.maxFailures`, own],
    ]),
  ];
  for (const [at, share] of shares) {
    const why = share === undefined ? undefined : shareMistake(share);
    if (why !== undefined) return { mistake: "bad-share", at, why };
  }
  const planned = planWaves(units, waves);
  if ("mistake" in planned) return planned;
  return {
    mode,
    width,
    waves: planned.waves.map((wave, index) => ({
      ...wave,
      gates: waves[index]?.gates ?? [],
      needsApproval: waves[index]?.needsApproval ?? false,
    })),
    maxFailures: unitsOf(maxFailures, units.length),
    ...(maxUnreachable === undefined ? {} : { maxUnreachable: unitsOf(maxUnreachable, units.length) }),
  };
}
