import assert from "node:assert/strict";
import test, { describe } from "node:test";
import fc from "fast-check";
import { differenceTexts } from "../../provider/handlers/view";
import { type DriftTexts, driftForPreview, driftForRefresh, driftLimit } from "../../provider/render/drift-map";
import type { DifferenceText } from "../../provider/render/text";
import { planOf } from "../plan/golden";

const text = (live: string, declared: string, marks = ""): DifferenceText => ({ live, declared, marks });
const texts = (record: Record<string, DifferenceText>): DriftTexts => new Map(Object.entries(record));
const many = (count: number): DriftTexts =>
  new Map(Array.from({ length: count }, (_, at) => [`p${at}`, text("0777", "0640")]));

describe("the drift map of a preview", () => {
  test("has live and declared of each path, and the marks behind them", () => {
    const found = texts({ a: text("root 0777", "root 0640"), b: text("0600", "0640", ", LOOSER") });
    assert.deepEqual(driftForPreview(found, {}), { a: "root 0777 => root 0640", b: "0600 => 0640, LOOSER" });
  });

  test("is empty where nothing differs", () => {
    assert.deepEqual(driftForPreview(new Map(), {}), {});
    assert.deepEqual(driftForRefresh(new Map()), {});
  });

  test("has what concerns the whole host under a key of its own", () => {
    const why = "not checked: no answer for 15 s";
    assert.deepEqual(driftForPreview(new Map(), {}, why), { "(host)": why });
    assert.deepEqual(driftForRefresh(new Map(), why), { "(host)": why });
  });

  test("lists 200 paths, then counts the others", () => {
    assert.equal(driftLimit, 200);
    assert.equal(Object.keys(driftForPreview(many(200), {})).length, 200);
    const map = driftForPreview(many(10_000), {});
    assert.equal(Object.keys(map).length, 201);
    assert.ok("p199" in map && !("p200" in map));
    assert.ok("(and 9,800 more)" in map, Object.keys(map).at(-1));
    assert.ok("(and 1 more)" in driftForRefresh(many(201)));
  });

  test("gives the declared value alone where a refresh has put the live one into the state", () => {
    const found = texts({ a: text("root 0777", "root 0640", ", LOOSER") });
    assert.deepEqual(driftForPreview(found, { a: "root 0777" }), { a: "root 0640, LOOSER" });
  });

  test("gives both again where the path has changed since the refresh, or has drifted after it", () => {
    const found = texts({ a: text("root 0700", "root 0640"), b: text("0600", "0640") });
    assert.deepEqual(driftForPreview(found, { a: "root 0777" }), { a: "root 0700 => root 0640", b: "0600 => 0640" });
  });

  test("prints no line about a path that a refresh has listed and that is right by now", () => {
    const last = { a: "root 0777", "(host)": "not checked: closed" };
    assert.deepEqual(driftForPreview(new Map(), last), last, "nothing changes where nothing differs");
    const map = driftForPreview(texts({ b: text("0600", "0640") }), last);
    assert.deepEqual(map, { ...last, b: "0600 => 0640" });
  });

  test("after a refresh says declared for what the refresh said live, for every path", () => {
    const value = fc.constantFrom("0600", "0640", "root:root 0777", "absent");
    const any = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d"),
      fc.tuple(value, value).map(([live, to]) => text(live, to)),
    );
    fc.assert(
      fc.property(any, (record) => {
        const found = texts(record);
        const refreshed = driftForRefresh(found);
        assert.deepEqual({ ...refreshed }, Object.fromEntries([...found].map(([path, { live }]) => [path, live])));
        const shown = driftForPreview(found, refreshed);
        assert.deepEqual({ ...shown }, Object.fromEntries([...found].map(([path, { declared }]) => [path, declared])));
      }),
    );
  });

  test("lists a file whatever its name is, even that of an object's own parts", () => {
    const names = ["__proto__", "constructor", "toString"];
    const given = Object.fromEntries(names.map((name) => [name, "file root:root 0640"]));
    const view = planOf({ name: "", entries: given, expect: {} });
    const map = driftForPreview(differenceTexts(view, { label: "Jail::named" }), {});
    assert.deepEqual(
      Object.keys(map)
        .map((key) => key.replace("./", ""))
        .sort(),
      [...names].sort(),
    );
    const copied = JSON.parse(JSON.stringify(map)) as Record<string, string>;
    assert.ok(
      Object.values(copied).every((one) => one === "root:root 0640 => root:named 0640"),
      JSON.stringify(map),
    );
  });

  test("never takes a file for a remark", () => {
    const view = planOf({ name: "", entries: { "(host)": "file root:root 0640" }, expect: {} });
    const map = driftForPreview(differenceTexts(view, { label: "Jail::named" }), {});
    assert.deepEqual(Object.keys(map), ["./(host)"]);
  });
});
