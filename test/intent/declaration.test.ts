import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { parseRecord, type RegistryRecord, recordSchema, toRecord } from "../../provider/intent/registry-record";
import { departures, succeed } from "../../provider/intent/succession";
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
    expect(read(written)).toStrictEqual(written);
  });

  test("that a later release wrote is not taken for one of ours", () => {
    const later = read({ ...record(token), schema: recordSchema + 1 });
    expect(later).toStrictEqual({ file, why: { problem: "later-release" } });
  });

  test("that is damaged is named, never half read", () => {
    for (const text of ["", JSON.stringify(record(token)).slice(0, -2)])
      expect(parseRecord(file, text)).toStrictEqual({ file, why: { problem: "no-json" } });
    const { stack: _, ...without } = record(token);
    const wrong = [null, 1, "text", [], {}, { ...record(token), label: 1 }, { ...record(token), args: null }, without];
    const elsewhere = [record("../../etc/passwd"), record("fedcba9876543210fedcba9876543210")];
    for (const value of [...wrong, ...elsewhere])
      assert.deepEqual(read(value), { file, why: { problem: "no-record" } }, JSON.stringify(value));
  });

  test("remembers the names that its stack had", () => {
    const declaration = { kind: "Jail", owner: { token, label: "Jail::x" }, args: {} };
    const first = toRecord(declaration, { token, stack: "proj/a", machine: "m" }, undefined);
    const second = toRecord(declaration, { token, stack: "proj/b", machine: "m" }, first);
    const third = toRecord(declaration, { token, stack: "proj/c", machine: "m" }, second);
    expect(first.formerly).toBe(undefined);
    expect(third.formerly).toStrictEqual(["proj/b", "proj/a"]);
    expect(toRecord(declaration, { token, stack: "proj/a", machine: "m" }, first)).toStrictEqual(first);
  });
});

describe("a resource that is written", () => {
  const succeeded = (records: RegistryRecord[], written: RegistryRecord[], declared: string[] = []) =>
    succeed(records, written, kinds, {
      isOwn: ({ stack }) => stack === "proj/dev",
      isDeclared: (token) => declared.includes(token),
    });

  test("takes the place of a record that has its name under another token", () => {
    const [before, other] = [record("before", "Jail", { label: "Jail::x" }), record("other")];
    const written = record("after", "Jail", { label: "Jail::x" });
    expect(succeeded([before, other], [written])).toStrictEqual({ kept: [other], stale: [before] });
  });

  test("leaves alone who has its name in another stack", () => {
    const theirs = record("theirs", "Jail", { label: "Jail::x", stack: "proj/other" });
    const written = record("ours", "Jail", { label: "Jail::x" });
    expect(succeeded([theirs], [written])).toStrictEqual({ kept: [theirs], stale: [] });
  });

  test("leaves alone who had its name, and is another resource of the program by now", () => {
    const [swapped, written] = [record("b", "PermissionRule", { label: "PermissionRule::a" }), record("a")];
    expect(succeeded([swapped], [written], ["b"])).toStrictEqual({ kept: [swapped], stale: [] });
  });

  test("as the Jail takes the place of each other Jail of its stack, and of no rule and no other stack's", () => {
    const theirs = record("theirs", "Jail", { stack: "proj/other" });
    const [before, rule] = [record("before", "Jail"), record("r")];
    const { kept, stale } = succeeded([before, theirs, rule], [record("after", "Jail")]);
    expect([kept, stale]).toStrictEqual([[theirs, rule], [before]]);
    expect(succeeded([before], [record("r2")]).stale).toStrictEqual([]);
  });

  test("replaces its own record", () => {
    expect(succeeded([record("a")], [record("a", "PermissionRule", { args: { match: "x" } })])).toStrictEqual({
      kept: [],
      stale: [],
    });
  });
});

describe("a resource that is deleted", () => {
  const jail = record("jail", "Jail");
  const theirs = record("theirs", "PermissionRule", { stack: "proj/other" });

  test("takes its own record with it", () => {
    expect(departures([jail, record("a"), record("b")], "a", kinds)).toStrictEqual(["a"]);
  });

  test("takes nothing where another has taken its place", () => {
    expect(departures([jail, record("b")], "a", kinds)).toStrictEqual([]);
  });

  test("and is a Jail takes the records of its stack with it, and no other's", () => {
    expect(departures([jail, record("a"), theirs], "jail", kinds)).toStrictEqual(["a", "jail"]);
  });

  test("and is a Jail whose root has a successor in its stack takes its own record alone", () => {
    expect(departures([jail, record("after", "Jail"), record("a")], "jail", kinds)).toStrictEqual(["jail"]);
    const foreign = record("after", "Jail", { stack: "proj/other" });
    expect(departures([jail, foreign, record("a")], "jail", kinds)).toStrictEqual(["a", "jail"]);
  });

  test("and is a Jail takes what bears a name that the stack had before, on either side", () => {
    const before = record("a", "PermissionRule", { stack: "proj/before" });
    const renamed = { ...jail, formerly: ["proj/before"] };
    expect(departures([renamed, before, theirs], "jail", kinds)).toStrictEqual(["a", "jail"]);
    const after = record("b", "PermissionRule", { stack: "proj/after", formerly: ["proj/dev"] });
    expect(departures([jail, after, theirs], "jail", kinds)).toStrictEqual(["b", "jail"]);
  });

  test("and is a Jail does not take another stack's record because the names are the same", () => {
    const namesake = record("namesake", "PermissionRule", { label: "PermissionRule::a", stack: "proj/other" });
    expect(departures([jail, record("a"), namesake], "jail", kinds)).toStrictEqual(["a", "jail"]);
  });
});
