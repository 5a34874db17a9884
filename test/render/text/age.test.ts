import { expect, test } from "@jest/globals";
import { ageText } from "../../../provider/render/text/age";

test("an age is told in its largest whole unit, and days begin at two", () => {
  const [minute, hour, day] = [60, 3600, 86_400];
  const ages = [0, 1, 59, minute, hour - 1, hour, 2 * day - 1, 2 * day, 3 * day - 1, 4000 * day];
  expect(ages.map(ageText)).toStrictEqual([
    "1 s",
    "1 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "47 h",
    "2 days",
    "2 days",
    "4,000 days",
  ]);
});
