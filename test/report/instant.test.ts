import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { between, millisecondsOf } from "../../provider/report/instant";

test("a time in ISO 8601 is the milliseconds that Date gives it", () => {
  const dates = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(fc.property(dates, (date) => millisecondsOf(date.toISOString()) === date.getTime()));
  expect(millisecondsOf("2024-02-29T12:00:00Z")).toBe(Date.UTC(2024, 1, 29, 12));
  for (const text of ["", "2024-02-29", "2024-02-29T12:00:00+01:00", undefined])
    expect(millisecondsOf(text)).toBe(undefined);
});

test("a duration is unknown without both ends, and never negative", () => {
  expect(between("2024-02-29T23:59:58Z", "2024-03-01T00:00:00.500Z")).toBe(2500);
  expect(between("2024-02-29T12:00:01Z", "2024-02-29T12:00:00Z")).toBe(0);
  expect(between(undefined, "2024-02-29T12:00:00Z")).toBe(undefined);
});
