import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bytesOf } from "../../provider/model/bytes";
import { plan } from "../../provider/plan/plan";
import { deadIn, deadText, planOf, textsOf } from "../plan/golden";
import { anyCase } from "../plan/tree";

describe("a rule that is called dead", () => {
  test("can go from the program, and nothing else is expected of any path", () => {
    let dead = 0;
    fc.assert(
      fc.property(anyCase, (given) => {
        const { merged, observation, plan: all } = planOf(given);
        for (const { by, at } of deadIn(all)) {
          dead++;
          const claims = merged.intent.claims.filter(
            (one) => one.by.label !== by?.label || one.by.stack !== by.stack || bytesOf(one.match.source) !== at,
          );
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
        const { merged, plan: all } = planOf(given);
        const dead = deadIn(all).map(({ by }) => by?.label);
        const rules = merged.intent.claims.filter(({ tier }) => tier === "rule").map(({ by }) => by.label);
        assert.ok(dead.every((label) => rules.includes(label ?? "")));
        expect(new Set(deadText(all)).size).toBe(dead.length);
        for (const { by, evidence } of deadIn(all)) expect(by).not.toBe(evidence.coveredBy);
      }),
      { numRuns: 200 },
    );
  });
});
