import { describe, expect, test } from "@jest/globals";
import { planRollout, type RolloutDeclaration } from "../../provider/fleet/plan";
import type { Share } from "../../provider/fleet/share";
import type { Unit } from "../../provider/fleet/waves";

const units: readonly Unit[] = Array.from({ length: 50 }, (_, index) => ({ name: `h${index + 1}` }));
const declaration: RolloutDeclaration = { mode: "up", width: 8, waves: [{ name: "all" }] };

describe("the plan of a rollout", () => {
  test("has its budgets in units of the whole fleet", () => {
    const planned = planRollout(units, { ...declaration, maxFailures: "10%", maxUnreachable: 2 });
    expect(planned).toMatchObject({ maxFailures: 5, maxUnreachable: 2, width: 8, mode: "up" });
    expect(planRollout(units, declaration)).toMatchObject({ maxFailures: 0 });
    expect(planRollout(units, declaration)).not.toHaveProperty("maxUnreachable");
  });

  test("has the gates and the approval of each wave", () => {
    const waves = [
      { name: "one", size: 1, gates: ["dns"] },
      { name: "rest", needsApproval: true },
    ];
    const planned = planRollout(units, { ...declaration, waves });
    expect("waves" in planned && planned.waves.map(({ gates, needsApproval }) => [gates, needsApproval])).toStrictEqual(
      [
        [["dns"], false],
        [[], true],
      ],
    );
  });

  test("is refused for a mistake, by its place", () => {
    expect(planRollout([...units, { name: "h7" }], declaration)).toStrictEqual({ mistake: "same-unit", unit: "h7" });
    expect(planRollout(units, { ...declaration, width: 0 })).toStrictEqual({ mistake: "bad-width", width: 0 });
    expect(planRollout(units, { ...declaration, maxFailures: "x%" as Share })).toMatchObject({ at: "maxFailures" });
    const waves = [{ name: "one", size: -1 }, { name: "rest" }];
    expect(planRollout(units, { ...declaration, waves })).toMatchObject({ mistake: "bad-share", at: "waves.one.size" });
    expect(planRollout(units, { ...declaration, waves: [] })).toMatchObject({ mistake: "no-wave" });
  });
});
