import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { expectOwnDrift, startDeclaring, unchanged } from "../support/identity-scene";
import { recordLabels } from "../support/records";

describe("a resource and its record", () => {
  const lab = useLab();

  test("what moves into a component is the same resource", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/moved");
    const inodes = () => lab.host.must("find /srv/moved -printf '%p %i %C@ %m\\n' | sort");
    const before = await inodes();
    declare({ rule: "r", file: "f", isInComponent: true });
    const moved = ok(await stack.preview("--diff"));
    expect(moved).not.toMatch(/refused|to (update|delete|replace)/);
    ok(await stack.up());
    await unchanged(stack);
    expect(await inodes()).toBe(before);
    await expectOwnDrift(lab, stack, "r");
    ok(await stack.up());
    await unchanged(stack);
    expect((await recordLabels(lab.host, "moved")).length).toStrictEqual(3);
  });
});
