import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { differenceTexts } from "../../../provider/engine/assess/drift-texts";
import { type DifferenceText, uncheckedText } from "../../../provider/render/text/difference-text";
import { type DriftTexts, driftForPreview, driftForRefresh, driftLimit } from "../../../provider/render/text/drift-map";
import { planOf } from "../../plan/golden";

const text = (live: string, declared: string, marks = ""): DifferenceText => ({ live, declared, marks });
const texts = (record: Record<string, DifferenceText>): DriftTexts => new Map(Object.entries(record));

describe("the drift map of a preview", () => {
  test("has live and declared of each path, and the marks behind them", () => {
    const found = texts({ a: text("root 0777", "root 0640"), b: text("0600", "0640", ", LOOSER") });
    expect(driftForPreview(found, {})).toStrictEqual({ a: "root 0777 => root 0640", b: "0600 => 0640, LOOSER" });
  });

  test("is empty where nothing differs", () => {
    expect(driftForPreview(new Map(), {})).toStrictEqual({});
    expect(driftForRefresh(new Map())).toStrictEqual({});
  });

  test("has what concerns the whole host under a key of its own", () => {
    const why = "not checked: no answer for 15 s";
    expect(driftForPreview(new Map(), {}, why)).toStrictEqual({ "(host)": why });
    expect(driftForRefresh(new Map(), why)).toStrictEqual({ "(host)": why });
  });

  test("says why a path is not checked, and says so each time", () => {
    const found = new Map([["a", uncheckedText("its names are too long")]]);
    const why = "not checked: its names are too long";
    expect(driftForPreview(found, {})).toStrictEqual({ a: why });
    expect(driftForRefresh(found)).toStrictEqual({ a: why });
    expect(driftForPreview(found, { a: why })).toStrictEqual({ a: "not checked (still)" });
  });

  test("lists 200 paths that differ each in its own way, then the rest as directories with counts, and whatever must not be cut by itself", () => {
    expect(driftLimit).toBe(200);
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`www/p${at}`, "file root:named 0777"]));
    const mapOf = (entries: Record<string, string>) =>
      driftForPreview(differenceTexts(planOf({ name: "", entries, expect: {} }), { label: "Jail::named" }), {});
    const unlike = Array.from({ length: 200 }, (_, at) => [`www/p${at}`, `file ${2000 + at}:named 0777`]);
    expect(Object.keys(mapOf(Object.fromEntries(unlike))).length).toBe(200);
    const bad = { "www/su": "file root:named 4755", "z/key": "file root:root 0600", "z/conf": "file root:named 0666" };
    const map = mapOf({ ...many(10_000), ...bad, www: "directory root:named 0750", z: "directory root:named 0750" });
    expect(map).toStrictEqual({
      "(www/*)": "10,000 files root:named 0777 => root:named 0640",
      "www/su": "root:named 4755 => root:named 0640",
      "z/conf": "root:named 0666 => root:named 0640",
      "z/key": "root:root 0600 => root:named 0640, LOOSER",
    });
  });

  test("tells groups with a refresh as paths: live, then declared", () => {
    const live = "10 files 0777";
    const found = new Map([["(www/*)", { live, declared: "10 files 0640", marks: "", pair: "10 files 0777 => 0640" }]]);
    expect(driftForRefresh(found)).toStrictEqual({ "(www/*)": live });
    expect(driftForPreview(found, {})).toStrictEqual({ "(www/*)": "10 files 0777 => 0640" });
    expect(driftForPreview(found, { "(www/*)": live })).toStrictEqual({ "(www/*)": "10 files 0640" });
  });

  test("gives the declared value alone where a refresh has put the live one into the state", () => {
    const found = texts({ a: text("root 0777", "root 0640", ", LOOSER") });
    expect(driftForPreview(found, { a: "root 0777" })).toStrictEqual({ a: "root 0640, LOOSER" });
  });

  test("gives both again where the path has changed since the refresh, or has drifted after it", () => {
    const found = texts({ a: text("root 0700", "root 0640"), b: text("0600", "0640") });
    expect(driftForPreview(found, { a: "root 0777" })).toStrictEqual({
      a: "root 0700 => root 0640",
      b: "0600 => 0640",
    });
  });

  test("gives both where the declared value reads like the live one of the state: the engine would show nothing", () => {
    expect(driftForPreview(texts({ a: text("same", "same") }), { a: "same" })).toStrictEqual({ a: "same => same" });
  });

  test("prints no line about a path that a refresh has listed and that is right by now", () => {
    const last = { a: "root 0777", "(host)": "not checked: closed" };
    assert.deepEqual(driftForPreview(new Map(), last), last, "nothing changes where nothing differs");
    const map = driftForPreview(texts({ b: text("0600", "0640") }), last);
    expect(map).toStrictEqual({ ...last, b: "0600 => 0640" });
  });

  test("after a refresh says declared for what the refresh said live, for every path", () => {
    const value = fc.constantFrom("0600", "0640", "root:root 0777", "absent");
    const any = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d"),
      fc
        .tuple(value, value)
        .filter(([live, to]) => live !== to)
        .map(([live, to]) => text(live, to)),
    );
    fc.assert(
      fc.property(any, (record) => {
        const found = texts(record);
        const refreshed = driftForRefresh(found);
        expect({ ...refreshed }).toStrictEqual(Object.fromEntries([...found].map(([path, { live }]) => [path, live])));
        const shown = driftForPreview(found, refreshed);
        expect({ ...shown }).toStrictEqual(
          Object.fromEntries([...found].map(([path, { declared }]) => [path, declared])),
        );
      }),
    );
  });

  test("lists a file whatever its name is, even that of an object's own parts", () => {
    const names = ["__proto__", "constructor", "toString"];
    const given = Object.fromEntries(names.map((name) => [name, "file root:root 0640"]));
    const assessment = planOf({ name: "", entries: given, expect: {} });
    const map = driftForPreview(differenceTexts(assessment, { label: "Jail::named" }), {});
    expect(
      Object.keys(map)
        .map((key) => key.replace("./", ""))
        .sort(),
    ).toStrictEqual([...names].sort());
    const copied = JSON.parse(JSON.stringify(map)) as Record<string, string>;
    assert.ok(
      Object.values(copied).every((one) => one === "root:root 0640 => root:named 0640, LOOSER"),
      JSON.stringify(map),
    );
  });

  test("has nothing in it that a terminal or the CLI acts on, wherever that comes from", () => {
    const bad = "<{%reset%}>\x1b[2J";
    const good = "\\x3c{%reset%}>\\x1b[2J";
    const found = texts({ [bad]: text(bad, `${bad}1`, `, ${bad}`) });
    const map = { "(host)": good, [good]: `${good} => ${good}1, ${good}` };
    expect(driftForPreview(found, {}, bad)).toStrictEqual(map);
    const refreshed = driftForRefresh(found, bad);
    expect(refreshed).toStrictEqual({ "(host)": good, [good]: good });
    const again = { "(host)": `${good} (still)`, [good]: `${good}1, ${good}` };
    expect(driftForPreview(found, refreshed, bad)).toStrictEqual(again);
  });

  test("never takes a file for a remark", () => {
    const assessment = planOf({ name: "", entries: { "(host)": "file root:root 0640" }, expect: {} });
    const map = driftForPreview(differenceTexts(assessment, { label: "Jail::named" }), {});
    expect(Object.keys(map)).toStrictEqual(["./(host)"]);
  });
});
