import { describe, expect, test } from "@jest/globals";
import { type Finding, finding } from "../../provider/intent/finding";
import { isAboutProcesses, keyOf, knownFindings, knownText, readKnown } from "../../provider/intent/known-findings";
import type { Bytes } from "../../provider/model/bytes";
import { NewFindings } from "../../provider/plan/new-findings";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { remarks } from "../../provider/render/text/findings/remarks";
import { findingSamples } from "../support/finding-samples";
import { type Case, planOf } from "./golden";

const by = { label: "Jail::named" };
const at = "etc/new" as Bytes;
const entries = {
  etc: "directory root:named 0750",
  "etc/old": "file root:named 0640",
  "etc/new": "file root:named 0640",
};
const entry = (path: string) => finding("undeclared-entry", {}, { at: path as Bytes, by });

/** Findings as a change remembers them. */
function known(findings: readonly Finding[], undeclared = "report") {
  return readKnown(knownText(knownFindings("m", findings, { undeclared, processes: [] })));
}

function newIn(earlier: readonly Finding[] | undefined, given: Partial<Case> = {}, undeclared = "report"): string[] {
  const { plan } = planOf({ name: "", expect: {}, entries, ...given }, earlier && known(earlier, undeclared));
  return plan.findings.filter(({ isNew }) => isNew).map((one) => findingText(one));
}

describe("a finding that the last up has not left", () => {
  test("is marked as new, first among its kind", () => {
    const { plan, observation } = planOf({ name: "", expect: {}, entries }, known([entry("etc"), entry("etc/old")]));
    expect(plan.findings.map(({ at, isNew }) => [at, isNew])).toStrictEqual([
      ["etc/new", true],
      ["etc", undefined],
      ["etc/old", undefined],
    ]);
    expect(remarks(plan.findings, observation.principals)).toStrictEqual([
      'not declared by any resource, held to the baseline (undeclared: "ignore" ends this line): etc/new (new), etc, etc/old',
    ]);
  });

  test("is not told where no up has left a list, or where the list names only some entries", () => {
    expect(newIn(undefined)).toStrictEqual([]);
    expect(newIn([entry("etc"), finding("more-undeclared-entries", { count: 1 }, { by })])).toStrictEqual([]);
    expect(newIn([], {}, "ignore")).toStrictEqual([]);
    const accepted = Array.from({ length: 20 }, (_, index) => ({ ...entry(`a${index}`), accepted: "known" }));
    expect(newIn(accepted)).toStrictEqual([]);
    expect(known(Array.from({ length: 2001 }, (_, index) => entry(`a${index}`)))).toBe(undefined);
  });

  test("is new among many known ones, which it does not push out", () => {
    const old = Array.from({ length: 30 }, (_, index) => `a${index}`);
    const many = Object.fromEntries([...old, "z"].map((path) => [path, "file root:named 0640"]));
    const { plan } = planOf({ name: "", expect: {}, entries: many }, known(old.map(entry)));
    expect(plan.findings.filter(({ isNew }) => isNew).map(({ at }) => at)).toStrictEqual(["z"]);
    expect(plan.findings.at(-1)).toMatchObject({ id: "more-undeclared-entries", evidence: { count: 10 } });
  });

  test("is a dead rule, too, and no refusal", () => {
    const rules = { gone: { match: "nowhere/*", fileMode: "0600" }, one: { match: "etc/*", owner: "nobody-here" } };
    expect(newIn([], { rules }).some((text) => text.includes("gone matches nothing"))).toBe(true);
    expect(newIn([], { rules }).some((text) => text.includes("nobody-here"))).toBe(false);
  });
});

test("a finding is the same with other numbers, and another one about another name", () => {
  const root = (pid: number, name: string) =>
    finding("process-root", { who: { pid, name: name as Bytes } }, { at, by });
  expect(new NewFindings(known([root(7, "named")])).mark([root(9, "named"), root(7, "sh")])).toStrictEqual([
    root(9, "named"),
    { ...root(7, "sh"), isNew: true },
  ]);
  expect([root(7, "named"), entry("etc")].map(keyOf).filter(isAboutProcesses)).toStrictEqual([keyOf(root(8, "named"))]);
});

test("a finding of any kind is known once it was remembered, whatever the order of its facts, and the list is ASCII", () => {
  const fresh = findingSamples.filter(({ severity, id }) => severity !== "refused" && !id.includes("undeclared-entr"));
  const text = knownText(knownFindings("m", fresh, { undeclared: "report", processes: [] }));
  expect(text).toMatch(/^[\n -~]+$/);
  const earlier = new NewFindings(readKnown(text));
  expect(earlier.mark(fresh).filter(({ isNew }) => isNew)).toStrictEqual([]);
  const turned = fresh.map((one) => ({ ...one, evidence: Object.fromEntries(Object.entries(one.evidence).reverse()) }));
  expect(earlier.mark(turned as Finding[]).filter(({ isNew }) => isNew)).toStrictEqual([]);
  expect(new NewFindings(known([])).mark(fresh).filter(({ isNew }) => !isNew)).toStrictEqual([]);
});

test("a list that is no list of this release is none", () => {
  const text = knownText(knownFindings("m", [], { undeclared: "report", processes: [] }));
  expect(readKnown(text)).toStrictEqual({ machine: "m", hasAllEntries: true, keys: [] });
  for (const other of [
    "",
    "{",
    "[]",
    "null",
    "{}",
    text.replace("1", "2"),
    text.replace("[]", "[1]"),
    text.replace("true", "1"),
  ])
    expect(readKnown(other)).toBe(undefined);
});
