import assert from "node:assert/strict";
import test, { describe } from "node:test";
import {
  departures,
  parseRecord,
  type RegistryRecord,
  recordSchema,
  succeed,
  toRecord,
} from "../../provider/intent/declaration";
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
  const token = "0123456789abcdef0123456789abcdef";
  const file = `${token}.json`;
  const read = (value: unknown) => parseRecord(file, JSON.stringify(value));

  test("is read as it was written", () => {
    const written = record(token, "Jail", { args: { root: "/chroot/a", adopt: true }, formerly: ["proj/before"] });
    assert.deepEqual(read(written), written);
  });

  test("that a later release wrote is not taken for one of ours", () => {
    const later = read({ ...record(token), schema: recordSchema + 1 });
    assert.ok("why" in later && later.isLater);
    assert.match(later.why, /later release/);
  });

  test("that is damaged is named, never half read", () => {
    for (const text of ["", JSON.stringify(record(token)).slice(0, -2)])
      assert.deepEqual(parseRecord(file, text), { file, why: "is not JSON", isLater: false });
    const { stack: _, ...without } = record(token);
    const wrong = [null, 1, "text", [], {}, { ...record(token), label: 1 }, { ...record(token), args: null }, without];
    const elsewhere = [record("../../etc/passwd"), record("fedcba9876543210fedcba9876543210")];
    for (const value of [...wrong, ...elsewhere])
      assert.deepEqual(read(value), { file, why: "is not a record", isLater: false }, JSON.stringify(value));
  });

  test("remembers the names that its stack had", () => {
    const declaration = { kind: "Jail", owner: { token, label: "Jail::x" }, args: {} };
    const first = toRecord(declaration, token, "proj/a", "m", []);
    const second = toRecord(declaration, token, "proj/b", "m", [first]);
    const third = toRecord(declaration, token, "proj/c", "m", [second]);
    assert.equal(first.formerly, undefined);
    assert.deepEqual(third.formerly, ["proj/b", "proj/a"]);
    assert.deepEqual(toRecord(declaration, token, "proj/a", "m", [first]), first);
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
    assert.deepEqual(departures([jail, record("a"), theirs], "jail", kinds), ["a", "jail"]);
  });

  test("and is a Jail whose root has a successor in its stack takes its own record alone", () => {
    assert.deepEqual(departures([jail, record("after", "Jail"), record("a")], "jail", kinds), ["jail"]);
    const foreign = record("after", "Jail", { stack: "proj/other" });
    assert.deepEqual(departures([jail, foreign, record("a")], "jail", kinds), ["a", "jail"]);
  });

  test("and is a Jail takes what bears a name that the stack had before, on either side", () => {
    const before = record("a", "PermissionRule", { stack: "proj/before" });
    const renamed = { ...jail, formerly: ["proj/before"] };
    assert.deepEqual(departures([renamed, before, theirs], "jail", kinds), ["a", "jail"]);
    const after = record("b", "PermissionRule", { stack: "proj/after", formerly: ["proj/dev"] });
    assert.deepEqual(departures([jail, after, theirs], "jail", kinds), ["b", "jail"]);
  });

  test("and is a Jail does not take another stack's record because the names are the same", () => {
    const namesake = record("namesake", "PermissionRule", { label: "PermissionRule::a", stack: "proj/other" });
    assert.deepEqual(departures([jail, record("a"), namesake], "jail", kinds), ["a", "jail"]);
  });
});
