import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Bytes } from "../../../provider/model/bytes";
import { isCold } from "../../../provider/model/mode";
import { hotAtOrAbove, isStable, isWithin, withMade, zoneOf } from "../../../provider/plan/seal/zone";
import { type Step, steps } from "../../../provider/plan/steps";
import { observationOf, ownersOf, planOf } from "../golden";
import type { Tree } from "../simulated-host";
import { anyCase } from "../tree";

const at = (path: string) => path as Bytes;
const treeOf = (entries: Record<string, string>, root = "directory root:named 0750"): Tree =>
  observationOf({ name: "", expect: {}, entries, root }).entries;
const set = (path: string, action: Step["action"] = "set"): Step => ({ path: at(path), action });

const cold = "directory root:named 0750";
const hot = "directory root:named 0770";
const tree = treeOf({
  etc: cold,
  "etc/conf": "file root:named 0640 links=2 inode=7",
  spool: hot,
  "spool/in": "directory named:named 0700",
  "spool/in/x": "file named:named 0600 links=2 inode=7",
  "spool-2": cold,
  own: "directory named:named 0500",
  "own/x": cold,
  link: "link root:root 0777 -> etc",
  "link/x": "file root:named 0640",
});

describe("a name", () => {
  test("is certain below directories in which only root may rename it", () => {
    for (const path of [".", "etc", "etc/conf", "etc/new", "spool", "spool-2/x"])
      assert.ok(isStable(tree, at(path)), path);
    for (const path of ["spool/in", "spool/in/x", "own/x", "own/x/y", "link/x", "missing/x"])
      assert.ok(!isStable(tree, at(path)), path);
    assert.ok(!isStable(treeOf({ etc: cold }, "directory bob:bob 0755"), at("etc")));
  });

  test("is certain in what the same steps make, and nowhere else that is missing", () => {
    const made = withMade(tree, [set("a", "make"), set("a/b", "make"), set("link", "replace"), set("missing")]);
    for (const path of ["a/b", "a/b/c", "link/x"]) assert.ok(isStable(made, at(path)), path);
    assert.ok(!isStable(made, at("missing/x")));
    expect(withMade(tree, [set("etc")])).toBe(tree);
  });

  test("is within a subtree that is it or is above it, not within one that begins like it", () => {
    for (const path of ["spool", "spool/in/x"]) assert.ok(isWithin(at(path), [at("etc"), at("spool")]), path);
    for (const path of ["spool-2", "etc", "."]) assert.ok(!isWithin(at(path), [at("spool")]), path);
    assert.ok(isWithin(at("anything"), [at(".")]) && isWithin(at("."), [at(".")]));
    assert.ok(!isWithin(at("a"), []));
  });
});

describe("the zone of a repair", () => {
  const zone = (...todo: Step[]) => zoneOf(tree, todo);

  test("is empty where only root can get in between", () => {
    expect(zone(set("etc"), set("spool-2"), set("spool-2/new", "make"))).toStrictEqual([]);
    expect(zone()).toStrictEqual([]);
  });

  test("has the topmost directory of the daemon above each path, once, and one that is itself changed", () => {
    expect(zone(set("spool/in/x"), set("spool/in"), set("own/x"))).toStrictEqual(["own", "spool"]);
    expect(zone(set("spool"))).toStrictEqual(["spool"]);
    expect(hotAtOrAbove(tree, [at("spool/in/x"), at("etc/conf")])).toStrictEqual(["spool"]);
  });

  test("has what is above the other names of a file, where somebody could take one away", () => {
    expect(zone(set("etc/conf"))).toStrictEqual(["spool"]);
  });

  test("is all of the jail where its root is the daemon's", () => {
    const open = treeOf({ etc: cold, "etc/conf": "file root:named 0640" }, "directory bob:bob 0755");
    expect(zoneOf(open, [set("etc/conf")])).toStrictEqual(["."]);
    expect(zoneOf(open, [set("etc", "replace")])).toStrictEqual(["."]);
  });

  test("once it is closed leaves no path of the repair uncertain, nor another name of its files", () => {
    let zones = 0;
    fc.assert(
      fc.property(anyCase, (given) => {
        const { merged, observation, plan } = planOf(given);
        const todo = steps(plan, ownersOf(given, merged));
        const tops = zoneOf(observation.entries, todo);
        zones += tops.length;
        const closed = new Map(observation.entries);
        for (const [path, live] of observation.entries)
          if (live.type === "directory" && isWithin(path, tops))
            closed.set(path, { ...live, uid: 0, mode: live.mode & ~0o022 });
        for (const { path } of todo) assert.ok(isStable(withMade(closed, todo), path), path);
        for (const top of tops) {
          const live = observation.entries.get(top);
          assert.ok(live && !isCold(live) && isStable(observation.entries, top), `${top} is no topmost hot directory`);
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(zones > 50, `only ${zones}`);
  });
});
