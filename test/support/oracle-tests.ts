import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { newOracleTally, oracle } from "../oracle/run";

/** The short form of `npm run oracle`: the same programs and tamperings each time. */
const runs = Number(process.env["ORACLE_RUNS"] ?? 8);

export function testOracle(flavour: "gnu" | "busybox"): void {
  describe("an oracle that tampers with random jails", () => {
    test(`finds each of ${runs} tamperings shown by preview, repaired by up, and seen by permissions.sh --check, on a ${flavour} host`, async () => {
      const tally = newOracleTally();
      await oracle({ flavour, runs, seed: 7 }, tally);
      const { silent, unsettled, unchecked, stuck } = tally;
      expect({ silent, unsettled, unchecked, stuck }).toStrictEqual({
        silent: [],
        unsettled: [],
        unchecked: [],
        stuck: [],
      });
      assert.ok(tally.runs >= runs, `${tally.runs} runs`);
    });
  });
}
