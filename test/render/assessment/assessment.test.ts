import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import type { Finding } from "../../../provider/intent/finding";
import { assessmentOf } from "../../../provider/render/assessment/assessment";
import { type AssessmentV1, assessmentText, readAssessment } from "../../../provider/render/assessment/assessment-v1";
import { type Case, planOf } from "../../plan/golden";
import { findingSamples } from "../../support/finding-samples";

const checkout = join(__dirname, "..", "..", "..", "..");
const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(checkout, "schema", "assessment.v1.json"), "utf8")));
const fixtures = join(checkout, "test", "fixtures", "plan");
const cases = readdirSync(fixtures).map((file): Case => JSON.parse(readFileSync(join(fixtures, file), "utf8")));

function assessed(given: Case, processes: readonly Finding[] = []): AssessmentV1 {
  const { plan, observation } = planOf(given);
  return assessmentOf({ host: "root@ns1.example.com", root: "/chroot/named" }, observation, plan, processes);
}

describe("a written assessment", () => {
  test("is read back as it was, and fits its schema, for every case of a plan", () => {
    const written = cases.map((given) => assessed(given));
    for (const assessment of written) {
      const text = assessmentText(assessment);
      schema.parse(JSON.parse(text));
      expect(readAssessment(text)).toStrictEqual(assessment);
    }
    expect(new Set(written.map(({ state }) => state)).size).toBe(4);
  });

  test("is so for every kind of finding, with names that are no UTF-8", () => {
    const assessment = assessed({ name: "", expect: {} }, findingSamples);
    const text = assessmentText(assessment);
    schema.parse(JSON.parse(text));
    expect(readAssessment(text)).toStrictEqual(assessment);
    expect(text).toMatch(/^[\n -~]+$/);
    expect(JSON.parse(text).findings[0].at).toBe("a\\xff/é\\n\\x3c{%");
  });

  test("has the worst first, and says the worst as its state", () => {
    const { findings, state } = assessed({ name: "", expect: {} }, findingSamples);
    const order = ["refused", "unchecked", "high", "medium", "low"];
    const found = findings.map(({ severity }) => order.indexOf(severity));
    expect(found).toStrictEqual([...found].sort());
    expect(state).toBe("refused");
  });

  test("that the first release with them wrote is read", () => {
    const { differences, findings } =
      readAssessment(readFileSync(join(checkout, "test", "fixtures", "assessment", "v1.json"), "utf8")) ?? {};
    expect(differences?.map(({ path }) => path)).toStrictEqual(["bobs/tool", ".", "bobs"]);
    expect(findings?.map(({ id }) => id)).toStrictEqual(expect.arrayContaining(findingSamples.map(({ id }) => id)));
  });

  test("of another version, or any other text, is none", () => {
    const text = assessmentText(assessed({ name: "", expect: {} }));
    for (const other of [text.replace('"version": 1', '"version": 2'), text.slice(0, -5), "", "[]", "null"])
      expect(readAssessment(other)).toBe(undefined);
  });
});
