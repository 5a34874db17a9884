import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { expectOwnDrift, startDeclaring, unchanged } from "../support/identity-scene";
import { recordLabels } from "../support/records";

describe("a resource and its record", () => {
  const lab = useLab();

  test("what is renamed in the state is the same resource", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/moved", { isInComponent: true });
    ok(await stack.pulumi("state", "rename", "--yes", stack.resource("r").urn, "other"));
    declare({ rule: "other", file: "f", isInComponent: true });
    await unchanged(stack);
    ok(await stack.up());
    await unchanged(stack);
    await expectOwnDrift(lab, stack, "other");
    ok(await stack.up());
    await unchanged(stack);
    expect((await recordLabels(lab.host, "moved")).length).toStrictEqual(3);
  });
});
