import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useNeighbours } from "../support/neighbours-scene";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const { begin, acl } = useNeighbours();
  let base: Stack;
  let guest: Stack;

  beforeAll(async () => {
    [base, guest] = await begin();
  });

  test("one of which leaves gives its paths back to the jail, whose preview lists what it takes away", async () => {
    ok(await guest.destroy());
    assert.equal(await acl("b"), "group:www:rwx\n", "the files stay as they are");
    expect(shownDrift(ok(await base.preview("--diff")), "app")).toStrictEqual({
      b: "root:www 0770 acl:group:www:rwx => root:www 0750 no acl",
    });
    ok(await base.up());
    expect(await acl("b")).toBe("");
    expect(ok(await base.preview("--expect-no-changes", "--refresh"))).toMatch(/3 unchanged/);
  });
});
