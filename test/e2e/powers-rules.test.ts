import { beforeAll, describe, expect, test } from "@jest/globals";
import { linesWith, ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { acl, plain, declaration, clean, beginWithPing } = usePowers();
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await beginWithPing();
  });

  test("of a rule that leaves the program fall to the jail, which takes them away", async () => {
    const { rules: { backup: _, ...rules } = {}, ...rest } = declaration();
    stack.declare({ ...rest, rules });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      share: "root:www 2750 acl:user:backup:r-x => root:www 2750 no acl",
    });
    ok(await stack.up());
    expect(await acl("share")).toBe(plain);
    stack.declare(declaration());
    ok(await stack.up());
    await clean();
  });

  test("of a rule that another overrides everywhere leave a remark that names both", async () => {
    stack.declare(declaration({ last: { jail: "app", match: "sha*", acl: [], order: 200 } }));
    const preview = ok(await stack.preview("--diff"));
    const said = "PermissionRule::backup changes nothing: PermissionRule::last says otherwise";
    expect(linesWith(preview, said).length).toBe(1);
    expect(shownDrift(preview, "last", "create")?.["share"] ?? "").toMatch(/^acl:.* => no acl$/);
    stack.declare(declaration());
  });
});
