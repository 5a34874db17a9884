import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { plan } from "../../../provider/plan/plan";
import { pathsOf } from "../../support/findings";
import { type Case, mergedOf, planOf } from "../golden";

test("nothing is pruned while a record of somebody else cannot be read, as that may declare it", () => {
  const given: Case = {
    name: "",
    jail: { undeclared: "prune" },
    entries: { old: "file root:named 0640" },
    expect: {},
  };
  const { observation } = planOf(given);
  const blockedBy = (file: string) => {
    const damaged = [{ file, why: { problem: "no-record" as const } }];
    return plan(mergedOf(given), { ...observation, damaged }).differences.map(({ path, blocked }) => [path, blocked]);
  };
  const damage = { file: "other.json", why: { problem: "no-record" } };
  expect(blockedBy("other.json")).toStrictEqual([["old", { problem: "record-unread", damage }]]);
  assert.deepEqual(blockedBy("jail-named.json"), [["old", undefined]], "the Jail's own is written again");
});

test("nothing is pruned that has a place below it which the look passed over: what is protected may be there", () => {
  const { plan: found } = planOf({
    name: "",
    jail: { undeclared: "prune", protect: { "old/big/kept": "a test", "kept/**": "a test" } },
    entries: {
      old: "directory root:named 0750",
      "old/big": "directory root:named 0750",
      other: "file root:named 0640",
    },
    unseen: { "old/big": "too much", "kept/big": "too much" },
    expect: {},
  });
  expect(found.differences.map(({ path, blocked }) => [path, blocked])).toStrictEqual([
    ["old", { problem: "unseen-below", path: "old/big" }],
    ["other", undefined],
  ]);
});

test("a mount that no resource declares is a finding, unless the Jail excludes its path", () => {
  const { plan: found } = planOf({
    name: "",
    jail: { exclude: { "cache/**": "another tool mounts there" } },
    mounts: ["cache/a", "other"],
    expect: {},
  });
  expect(pathsOf(found, "undeclared-mount")).toStrictEqual(["other"]);
});
