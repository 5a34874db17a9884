import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { departures, parseRecord, type RegistryRecord, recordSchema, succeed } from "../../provider/intent/declaration";
import { kinds } from "../../provider/resources/kinds";

const record = (token: string, kind = "PermissionRule", more: Partial<RegistryRecord> = {}): RegistryRecord => ({
  schema: 1,
  kind,
  token,
  label: `${kind}::${token}`,
  stack: "proj/dev",
  machine: "m",
  args: {},
  ...more,
});

describe("a record of the registry", () => {
  test("is read as it was written", () => {
    const written = record("a", "Jail", { args: { root: "/chroot/a", adopt: true } });
    assert.deepEqual(parseRecord(JSON.stringify(written)), written);
  });

  test("that a later release wrote is not taken for one of ours", () => {
    const later = { ...record("a"), schema: recordSchema + 1 };
    assert.match(String(parseRecord(JSON.stringify(later))), /later release/);
  });

  test("that is damaged is named, never half read", () => {
    assert.equal(parseRecord(""), "is not JSON");
    assert.equal(parseRecord(JSON.stringify(record("a")).slice(0, -2)), "is not JSON");
    for (const wrong of [null, 1, "text", [], {}, { ...record("a"), label: 1 }, { ...record("a"), args: null }])
      assert.equal(parseRecord(JSON.stringify(wrong)), "is not a record", JSON.stringify(wrong));
    const { stack: _, ...without } = record("a");
    assert.equal(parseRecord(JSON.stringify(without)), "is not a record");
  });
});

describe("a resource that is written", () => {
  test("takes the place of a record that has its name under another token", () => {
    const [before, other] = [record("before", "Jail", { label: "Jail::x" }), record("other")];
    const written = record("after", "Jail", { label: "Jail::x" });
    assert.deepEqual(succeed([before, other], [written]), { kept: [other], stale: [before] });
  });

  test("leaves alone who has its name in another stack", () => {
    const theirs = record("theirs", "Jail", { label: "Jail::x", stack: "proj/other" });
    const written = record("ours", "Jail", { label: "Jail::x" });
    assert.deepEqual(succeed([theirs], [written]), { kept: [theirs], stale: [] });
  });

  test("replaces its own record", () => {
    assert.deepEqual(succeed([record("a")], [record("a", "PermissionRule", { args: { match: "x" } })]), {
      kept: [],
      stale: [],
    });
  });
});

describe("a resource that is deleted", () => {
  const jail = record("jail", "Jail");
  const theirs = record("theirs", "PermissionRule", { stack: "proj/other" });

  test("takes its own record with it", () => {
    assert.deepEqual(departures([jail, record("a"), record("b")], "a", kinds), ["a"]);
  });

  test("takes nothing where another has taken its place", () => {
    assert.deepEqual(departures([jail, record("b")], "a", kinds), []);
  });

  test("and is a Jail takes the records of its stack with it, and no other's", () => {
    assert.deepEqual(departures([jail, record("a"), theirs], "jail", kinds), ["jail", "a"]);
  });

  test("and is a Jail whose root has a successor in its stack takes its own record alone", () => {
    assert.deepEqual(departures([jail, record("after", "Jail"), record("a")], "jail", kinds), ["jail"]);
    const foreign = record("after", "Jail", { stack: "proj/other" });
    assert.deepEqual(departures([jail, foreign, record("a")], "jail", kinds), ["jail", "a"]);
  });
});
