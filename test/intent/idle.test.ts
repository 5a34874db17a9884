import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { plan } from "../../provider/plan/plan";
import { deadText, planOf, textsOf } from "../plan/golden";
import { anyCase } from "../plan/tree";

describe("a rule that is called dead", () => {
  test("can go from the program, and nothing else is expected of any path", () => {
    let dead = 0;
    fc.assert(
      fc.property(anyCase, (given) => {
        const { merged, observation, plan: all } = planOf(given);
        for (const { claim } of all.dead) {
          dead++;
          const claims = merged.intent.claims.filter((one) => one !== claim);
          const without = plan({ ...merged, intent: { ...merged.intent, claims } }, observation);
          assert.deepEqual(textsOf(without).map(String), textsOf(all).map(String), deadText(all).join());
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(dead > 100, `only ${dead} dead rules`);
  });

  test("is one of a rule, never of the jail itself, and is said once", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { plan: all } = planOf(given);
        assert.ok(all.dead.every(({ claim }) => claim.tier === "rule"));
        assert.equal(new Set(all.dead.map(({ claim }) => claim)).size, all.dead.length);
        for (const { claim, coveredBy } of all.dead) assert.notEqual(claim, coveredBy);
      }),
      { numRuns: 200 },
    );
  });
});
