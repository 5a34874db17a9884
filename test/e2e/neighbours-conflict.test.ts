import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { useNeighbours } from "../support/neighbours-scene";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const { begin, declare, theirs, acl, clean } = useNeighbours();
  let base: Stack;
  let guest: Stack;

  beforeAll(async () => {
    [base, guest] = await begin();
  });

  test("that give one path different ACLs are refused, and each hears both names", async () => {
    declare(guest, { ...theirs, bad: { match: "a", acl: [] } });
    const names =
      /(PermissionRule::bad and PermissionRule::one of stack base\/dev|PermissionRule::one of stack base\/dev and PermissionRule::bad) give different ACLs to a/;
    expect(ok(await guest.preview())).toMatch(names);
    expect(failed(await guest.up())).toMatch(names);
    assert.equal(await acl("a"), "user:www:r-x\n", "a refusal changes nothing");
    // The refused rule has left no record, so the other stack sees no conflict.
    expect(ok(await base.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    declare(guest, theirs);
    await clean();
  });
});
