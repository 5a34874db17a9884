import { expect, test } from "@jest/globals";
import { defaultWidth } from "../../provider/rollout/width";

test("the usual width is twice the processors, as far as the free memory goes, and one at least", () => {
  expect([defaultWidth(2, 24_000), defaultWidth(8, 1000), defaultWidth(4, 50)]).toStrictEqual([4, 5, 1]);
  expect(defaultWidth()).toBeGreaterThanOrEqual(1);
});
