import { describe, expect, test } from "@jest/globals";
import { type Finding, finding } from "../../provider/intent/finding";
import type { Bytes } from "../../provider/model/bytes";
import { aboutProcesses, areSame, EarlierFindings } from "../../provider/plan/earlier-findings";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { remarks } from "../../provider/render/text/findings/remarks";
import { type Case, planOf } from "./golden";

const by = { label: "Jail::named" };
const at = "etc/new" as Bytes;
const entries = {
  etc: "directory root:named 0750",
  "etc/old": "file root:named 0640",
  "etc/new": "file root:named 0640",
};
const entry = (path: string) => finding("undeclared-entry", {}, { at: path as Bytes, by });

function newIn(earlier: readonly Finding[] | undefined, given: Partial<Case> = {}): string[] {
  const { plan } = planOf({ name: "", expect: {}, entries, ...given }, earlier);
  return plan.findings.filter(({ isNew }) => isNew).map((one) => findingText(one));
}

describe("a finding that the last up has not left", () => {
  test("is marked as new, first among its kind", () => {
    const { plan, observation } = planOf({ name: "", expect: {}, entries }, [entry("etc"), entry("etc/old")]);
    expect(plan.findings.map(({ at, isNew }) => [at, isNew])).toStrictEqual([
      ["etc/new", true],
      ["etc", undefined],
      ["etc/old", undefined],
    ]);
    expect(remarks(plan.findings, observation.principals)).toStrictEqual([
      'held to the baseline only (undeclared: "ignore" ends this line), no rule speaks of: etc/new (new), etc, etc/old',
    ]);
  });

  test("is not told where no up has left a list, or where the list names only some entries", () => {
    expect(newIn(undefined)).toStrictEqual([]);
    expect(newIn([entry("etc"), finding("more-undeclared-entries", { count: 1 }, { by })])).toStrictEqual([]);
  });

  test("is new among many known ones, which it does not push out", () => {
    const known = Array.from({ length: 30 }, (_, index) => `a${index}`);
    const many = Object.fromEntries([...known, "z"].map((path) => [path, "file root:named 0640"]));
    const { plan } = planOf({ name: "", expect: {}, entries: many }, known.map(entry));
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
  expect(new EarlierFindings([root(7, "named")]).mark([root(9, "named"), root(7, "sh")])).toStrictEqual([
    root(9, "named"),
    { ...root(7, "sh"), isNew: true },
  ]);
  expect(areSame([root(7, "named")], [root(8, "named"), root(9, "named")])).toBe(true);
  expect(areSame([root(7, "named")], [])).toBe(false);
  expect(aboutProcesses([root(7, "named"), entry("etc")])).toStrictEqual([root(7, "named")]);
});
