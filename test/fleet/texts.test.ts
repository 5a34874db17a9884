import { expect, test } from "@jest/globals";
import type { RolloutPlan } from "../../provider/fleet/plan";
import { mistakeText, stopText } from "../../provider/fleet/texts";

test("each mistake in the waves is a sentence with a remedy", () => {
  expect(mistakeText({ mistake: "no-wave", units: ["a", "b", "c"] })).toBe(
    "waves: no wave takes a and 2 more: add a wave without labels at the end",
  );
  expect(mistakeText({ mistake: "late-canary", wave: "w" })).toMatch(/canary wave w comes after .*: move it/);
  expect(mistakeText({ mistake: "same-name", wave: "w" })).toMatch(/two waves with the name w: give/);
  expect(mistakeText({ mistake: "bad-share", at: "maxFailures", why: "-1 is none" })).toBe("maxFailures: -1 is none");
  expect(mistakeText({ mistake: "bad-width", width: 0 })).toMatch(/from 1, not 0$/);
  expect(mistakeText({ mistake: "same-unit", unit: "a" })).toBe("units has a twice");
});

test("each reason for a stop is a sentence", () => {
  const plan: RolloutPlan = { mode: "up", waves: [], width: 1, maxFailures: 1, maxUnreachable: 2 };
  expect(stopText({ cause: "failures" }, plan)).toBe("more than 1 unit failed (maxFailures)");
  expect(stopText({ cause: "unreachable" }, plan)).toBe("more than 2 units could not be reached (maxUnreachable)");
  expect(stopText({ cause: "wave-failures", wave: "w" }, plan)).toMatch(/^the wave w has more/);
  expect(stopText({ cause: "gate", wave: "w", gate: "tcp 53" }, plan)).toBe(
    "the gate tcp 53 of the wave w stayed closed",
  );
  expect(stopText({ cause: "request" }, plan)).toBe("it was asked to stop");
});
