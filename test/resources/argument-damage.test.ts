import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { merge, namesIn } from "../../provider/intent/merge";
import { parseRecord, type RegistryRecord } from "../../provider/intent/registry-record";
import { plan } from "../../provider/plan/plan";
import { argumentDamage } from "../../provider/resources/argument-damage";
import { mountClaims } from "../../provider/resources/jail/mounts";
import { kinds } from "../../provider/resources/kinds";
import { observationOf } from "../plan/golden";

/** Records of a real `up` of each release, all kinds and arguments. */
const stored: RegistryRecord[] = ["0.1.0", "0.1.0-contents", "0.1.0-files"].flatMap((name) => {
  const file = join(__dirname, "..", "..", "..", "test", "fixtures", "state", `${name}.json`);
  const { resources, ...alone } = JSON.parse(readFileSync(file, "utf8"));
  const all: { record?: RegistryRecord }[] = resources ?? Object.values(alone);
  return all.flatMap(({ record }) => record ?? []);
});

/** Every copy of a value with something else in the place of one part. */
function* edited(value: unknown): Generator<unknown> {
  for (const other of [5, null, true, [], [7], {}, { a: 1 }, "", "../../etc", "0999", "[", "\x1b[2J<{%reset%}>"])
    yield other;
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of edited(part))
      yield Array.isArray(value)
        ? value.map((one, at) => (String(at) === key ? other : one))
        : { ...value, [key]: other };
    const { [key]: _, ...rest } = value as Record<string, unknown>;
    yield Array.isArray(value) ? value.filter((_one, at) => String(at) !== key) : rest;
    if (!Array.isArray(value)) yield { ...rest, "../../etc": part, "[": part };
  }
}

/** One record as a preview of another stack reads it, without a host. */
function planned(record: RegistryRecord): void {
  const observation = { ...observationOf({ name: "", expect: {} }), records: [record] };
  const merged = merge({ stack: "other/dev", declarations: [], departed: new Set() }, [record], kinds);
  namesIn(merged);
  for (const { kind, owner, args } of merged.declarations) {
    kinds.get(kind)?.files?.({ kind, owner, args }, { root: "/srv", principals: observation.principals });
    kinds.get(kind)?.problems?.({ kind, owner, args }, observation.principals);
    if (kind === "Jail") mountClaims(args["mounts"] as Parameters<typeof mountClaims>[0], owner);
  }
  plan(merged, observation);
}

const read = (record: unknown) => parseRecord(`${(record as RegistryRecord).token}.json`, JSON.stringify(record));
const isDamaged = (record: unknown) => {
  const one = read(record);
  return "why" in one || argumentDamage(one) !== undefined;
};

describe("a record in the registry", () => {
  test("of an earlier release is readable, whatever is refused since", () => {
    assert.ok(new Set(stored.map(({ kind }) => kind)).size === kinds.size && stored.length > 10);
    for (const record of stored) assert.equal(argumentDamage(record), undefined, record.label);
  });

  test("that somebody edited is damaged, or a preview can use it", () => {
    let [damaged, usable] = [0, 0];
    for (const record of stored)
      for (const other of edited(record)) {
        if (typeof other !== "object" || other === null || Array.isArray(other)) continue;
        if (isDamaged(other)) damaged++;
        else {
          usable++;
          assert.doesNotThrow(() => planned(other as RegistryRecord), JSON.stringify(other));
        }
      }
    assert.ok(damaged > 1000 && usable > 100, `${damaged} damaged, ${usable} usable`);
  });

  test("is told with the argument that is none, and what is wrong with it", () => {
    const [jail] = stored.filter(({ kind }) => kind === "Jail");
    assert.ok(jail);
    const unreadable = (error: RegExp) => ({
      problem: "arguments-unreadable",
      label: jail.label,
      error: expect.stringMatching(error),
    });
    const why = (args: Record<string, unknown>) => argumentDamage({ ...jail, args: { ...jail.args, ...args } });
    expect(why({ group: { a: 1 } })).toStrictEqual({ problem: "argument-type", label: jail.label, argument: "group" });
    expect(why({ writable: { "../x": "r" } })).toMatchObject(unreadable(/^glob "\.\.\/x/));
    expect(why({ protect: { "[": "r" } })).toMatchObject(unreadable(/^glob/));
    assert.equal(why({ later: 1 }), undefined, "an argument of a later release");
  });
});
