import assert from "node:assert/strict";
import { describe, test } from "@jest/globals";
import { findingKinds } from "../../provider/intent/finding-kinds";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { type Case, planOf } from "./golden";

const reason = "known since the last audit";
const entries = {
  etc: "directory root:named 0750",
  "etc/old": "file root:named 0640",
  "etc/new": "file root:named 0640",
};

function foundIn(accept: Record<string, string>, given: Partial<Case> = {}): [string, string][] {
  const { plan } = planOf({ name: "", expect: {}, entries, ...given, jail: { accept } });
  return plan.findings.map((one) => [one.id, findingText(one)]);
}

describe("a finding that the Jail accepts", () => {
  test("is told as accepted, with the reason", () => {
    assert.deepEqual(foundIn({ "undeclared-entry@etc/old": reason }), [
      ["undeclared-entry", "etc is not declared by any resource"],
      ["undeclared-entry", "etc/new is not declared by any resource"],
      ["undeclared-entry", `etc/old is not declared by any resource (accepted: ${reason})`],
    ]);
  });

  test("is every one of its kind where no path is given", () => {
    const found = foundIn({ "undeclared-entry": reason });
    assert.equal(found.length, 3);
    for (const [, text] of found) assert.match(text, /accepted: known/);
  });

  test("that is found no more is told", () => {
    const found = foundIn({ "undeclared-entry@etc/gone": reason });
    assert.deepEqual(found.at(-1), [
      "dead-acceptance",
      "accept names undeclared-entry@etc/gone, and there is no such finding: leave it out of accept",
    ]);
  });

  test("is none where a path is a glob, which is told; the place of a rule is one", () => {
    const found = foundIn({ "undeclared-entry@etc/*": reason, "dead-rule@etc/*": reason });
    assert.deepEqual(found.slice(-2), [
      [
        "dead-acceptance",
        "accept names undeclared-entry@etc/*, and there is no such finding, as the part after @ is one path, and a glob has no meaning there: name each path, or leave it out of accept",
      ],
      ["dead-acceptance", "accept names dead-rule@etc/*, and there is no such finding: leave it out of accept"],
    ]);
  });

  test("is an unchecked place only where nobody but root can make it another one", () => {
    const unseen = { "etc/new": "it is a subvolume" };
    const key = "not-seen@etc/new";
    assert.ok(foundIn({ [key]: reason }, { unseen }).some(([, text]) => text.endsWith(`(accepted: ${reason})`)));
    const hot = { ...entries, etc: "directory root:named 0770" };
    const found = foundIn({ [key]: reason }, { unseen, entries: hot });
    assert.ok(found.some(([id, text]) => id === "not-seen" && text === "the host cannot read it: it is a subvolume"));
    assert.match(
      found.at(-1)?.[1] ?? "",
      /^accept cannot have not-seen@etc\/new, as users other than root may write above it/,
    );
  });
});

test("ids are words with hyphens, and each says in a sentence what it means", () => {
  for (const [id, { means }] of Object.entries(findingKinds)) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.match(means, /^[A-Z].*\.$/, id);
  }
});
