import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../provider/intent/finding";
import { formatOwner } from "../../provider/intent/owner";
import { fromWire, show } from "../../provider/model/bytes";
import { steps } from "../../provider/plan/steps";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { pathsOf } from "../support/findings";
import { type Case, deadText, ownersOf, planOf, stepText, textsOf, uncheckedTexts } from "./golden";

const folder = join(__dirname, "..", "..", "..", "test", "fixtures", "plan");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

describe("a jail's plan", () => {
  for (const file of files.sort()) {
    const given = JSON.parse(readFileSync(join(folder, file), "utf8")) as Case;
    test(given.name, () => check(given));
  }

  test("has a case for each file, under a name of its own", () => {
    const names = files.map((file) => (JSON.parse(readFileSync(join(folder, file), "utf8")) as Case).name);
    assert.ok(names.length >= 30, `${names.length} cases`);
    expect(new Set(names).size).toBe(names.length);
  });
});

function check(given: Case): void {
  const { merged, plan } = planOf(given);
  const { expect } = given;
  const texts = textsOf(plan);
  const byOwner: Record<string, Record<string, string>> = {};
  for (const [owner, path, text] of texts) byOwner[owner] = { ...byOwner[owner], [path]: text };
  assert.deepEqual(byOwner, expect.differences ?? {}, "differences");
  const keys = texts.map(([owner, path]) => `${owner} ${path}`);
  assert.deepEqual([...new Set(keys)], keys, "each owner has one difference for a path");
  assert.deepEqual(JSON.parse(JSON.stringify(plan.findings)), plan.findings, "a report writes findings as JSON");
  checkRefusals(
    plan.findings.filter(isRefusal).map((one) => [one.by ? formatOwner(one.by) : "", findingText(one)]),
    expect.refusals ?? {},
  );
  checkUnchecked(uncheckedTexts(plan), expect.unchecked ?? {});
  assert.deepEqual(
    pathsOf(plan, "undeclared-entry").map((path) => show(fromWire(path))),
    expect.undeclared ?? [],
    "undeclared",
  );
  const late = merged.late.map(({ owner }) => formatOwner(owner));
  assert.deepEqual(late, expect.late ?? [], "late");
  assert.deepEqual(deadText(plan), expect.dead ?? [], "dead");
  assert.deepEqual(steps(plan, ownersOf(given, merged)).map(stepText), expect.steps ?? [], "steps");
}

function checkRefusals(
  found: readonly (readonly [string, string])[],
  expected: NonNullable<Case["expect"]["refusals"]>,
): void {
  const wanted = Object.entries(expected).flatMap(([owner, whys]) => whys.map((why) => [owner, why] as const));
  const matches = (text: string, why: string | readonly string[]) =>
    typeof why === "string" ? text === why : why.every((part) => text.includes(part));
  const left = [...found];
  for (const [owner, why] of wanted) {
    const at = left.findIndex(([name, text]) => name === owner && matches(text, why));
    assert.notEqual(at, -1, `no refusal of ${owner}: ${why}\nrefusals: ${JSON.stringify(found, null, 1)}`);
    left.splice(at, 1);
  }
  assert.deepEqual(left, [], "refusals beside");
}

function checkUnchecked(
  found: Readonly<Record<string, string[]>>,
  expected: NonNullable<Case["expect"]["unchecked"]>,
): void {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort(), "owners of what is not checked");
  for (const [owner, wanted] of Object.entries(expected)) {
    const texts = found[owner] ?? [];
    assert.equal(texts.length, wanted.length, `${owner}: ${texts.join("; ")}`);
    for (const [index, text] of wanted.entries()) assert.ok(texts[index]?.startsWith(text), `${texts[index]}: ${text}`);
  }
}
