import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { modeOf, startDeclaring, unchanged } from "../support/identity-scene";

describe("a resource and its record", () => {
  const lab = useLab();

  test("a rule or a file that is deleted from the state leaves no claim that nobody watches", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/ghost");
    for (const name of ["r", "f"]) ok(await stack.pulumi("state", "delete", "--yes", stack.resource(name).urn));
    declare({});
    ok(await stack.up());
    await unchanged(stack);
    await lab.host.must("chmod 777 /srv/ghost/etc && chmod 666 /srv/ghost/etc/f");
    expect(Object.keys(shownDrift(ok(await stack.preview("--diff")), "app") ?? {})).toStrictEqual(["etc", "etc/f"]);
    ok(await stack.up());
    expect([await modeOf(lab, "/srv/ghost/etc"), await modeOf(lab, "/srv/ghost/etc/f")]).toStrictEqual(["750", "640"]);
    await unchanged(stack);
  });
});
