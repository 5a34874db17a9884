import { describe, expect, test } from "@jest/globals";
import { useStacks } from "../support/e2e";
import { killedRollout, momentsOf } from "../support/killed-rollouts";

/** The campaign by hand: `KILLS=50 npm test -- rollout/killed`. `SEED` repeats one. */
const kills = Number(process.env["KILLS"] ?? 3);
const seed = Number(process.env["SEED"] ?? Date.now() % 100_000);

/** Seconds for a kill on a busy machine. */
const patience = 120;

describe("a rollout that is killed at random moments, while the clock jumps", () => {
  const stacks = useStacks();

  test(
    `does each unit once (seed ${seed})`,
    async () => {
      let killed = 0;
      for (let round = 0; killed < kills; round++) killed += await killedRollout(stacks, momentsOf(seed + round, 3));
      expect(killed).toBeGreaterThanOrEqual(kills);
    },
    kills * patience * 1000,
  );
});
