import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { findingKinds } from "../../provider/intent/finding-kinds";
import { acceptanceProblem } from "../../provider/resources/jail/accept";

test("a key names the id of a finding that can be accepted", () => {
  for (const key of ["undeclared-entry", "undeclared-entry@a@b", "process-root", "too-deep@a/b", "dead-rule@www/**"])
    assert.equal(acceptanceProblem(key), undefined, key);
  assert.match(acceptanceProblem("not-seen") ?? "", /give not-seen@path/);
  assert.match(acceptanceProblem("use-unknown") ?? "", /cannot be accepted/);
  for (const [id, { severity }] of Object.entries(findingKinds))
    if (severity === "refused") assert.match(acceptanceProblem(`${id}@a`) ?? "", /cannot be accepted/, id);
});

test("a wrong id is told with the ids that may be meant, or with the page that lists them", () => {
  for (const [id, remedy] of [
    ["undeclared", "did you mean undeclared-entry or undeclared-mount?"],
    ["undeclared-entries", "did you mean undeclared-entry?"],
    ["deadrule", "did you mean dead-rule?"],
    // Too many ids begin so.
    ["process", "docs/errors.md of this package lists the ids"],
    // An id that is like this one cannot be accepted.
    ["second-jial", "docs/errors.md of this package lists the ids"],
    ["toString", "docs/errors.md of this package lists the ids"],
  ] as const)
    expect(acceptanceProblem(`${id}@etc/a`)).toBe(`"${id}" is not the id of a finding: ${remedy}`);
});
