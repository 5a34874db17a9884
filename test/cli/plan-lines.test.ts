import { expect, test } from "@jest/globals";
import { planLines } from "../../provider/cli/plan-lines";

test("the plan of a rollout is told in numbers", () => {
  const units = (from: number, count: number) => Array.from({ length: count }, (_, index) => `ns${from + index}`);
  const waves = [
    {
      name: "canary",
      isCanary: true,
      maxFailures: 0,
      units: units(1, 1),
      gates: ["dns example.com"],
      needsApproval: false,
    },
    { name: "half", isCanary: false, units: units(2, 6), gates: [], needsApproval: false },
    { name: "none", isCanary: false, units: [], gates: ["tcp 53"], needsApproval: false },
    { name: "rest", isCanary: false, units: units(8, 5), gates: ["soak 10m", "tcp 53"], needsApproval: true },
  ];
  expect(planLines("named", { mode: "up", width: 4, maxFailures: 2, waves })).toStrictEqual([
    "named: rollout of 12 units in 4 waves, at most 4 at once",
    "  canary      1  ns1; canary; tolerates 0 failed; then gate dns example.com",
    "  half        6  ns2, ns3, ns4, ns5 and 2 more",
    "  none        0  skipped: it has no unit",
    "  rest        5  ns8, ns9, ns10, ns11 and 1 more; needs an approval; then gate soak 10m; then gate tcp 53",
    "Stops after more than 2 failed; unreachable: any number tolerated, each tried once more at the end.",
  ]);
});
