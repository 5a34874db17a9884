import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../../provider/plan/plan";
import { type Case, mergedOf, planOf } from "./golden";

test("nothing is pruned while a record of somebody else cannot be read, as that may declare it", () => {
  const given: Case = {
    name: "",
    jail: { undeclared: "prune" },
    entries: { old: "file root:named 0640" },
    expect: {},
  };
  const { observation } = planOf(given);
  const blockedBy = (file: string) => {
    const damaged = [{ file, why: "is no record", isLater: false }];
    return plan(mergedOf(given), { ...observation, damaged }).differences.map(({ path, blocked }) => [path, blocked]);
  };
  const why = "other.json in the registry may declare it, and is no record: see to it, or remove it";
  assert.deepEqual(blockedBy("other.json"), [["old", why]]);
  assert.deepEqual(blockedBy("jail-named.json"), [["old", undefined]], "the Jail's own is written again");
});
