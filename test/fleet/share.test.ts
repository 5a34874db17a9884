import { expect, test } from "@jest/globals";
import { type Share, shareMistake, unitsOf } from "../../provider/fleet/share";

test("a share is a number of units, or a percentage that rounds down", () => {
  expect([unitsOf(3, 1000), unitsOf("10%", 50), unitsOf("10%", 59), unitsOf("0.5%", 1000)]).toStrictEqual([3, 5, 5, 5]);
});

test("a share that means nothing is told", () => {
  const shares: Share[] = [-1, 1.5, "101%", "x%" as Share, "10" as Share];
  expect(shares.filter((share) => shareMistake(share) === undefined)).toStrictEqual([]);
  expect([shareMistake(0), shareMistake("100%")]).toStrictEqual([undefined, undefined]);
});
