import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useNeighbours } from "../support/neighbours-scene";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const { lab, root, begin, acl, clean } = useNeighbours();
  let base: Stack;
  let guest: Stack;

  beforeAll(async () => {
    [base, guest] = await begin();
  });

  test("see drift of their own rules only, each in its own preview", async () => {
    await lab.host.must(`setfacl -b ${root}/a ${root}/b && chmod 750 ${root}/a && chmod 770 ${root}/b`);
    const preview = ok(await base.preview("--diff"));
    expect(shownDrift(preview, "app")).toBe(undefined);
    expect(shownDrift(preview, "one")?.["a"] ?? "").toMatch(/^no acl => acl:.*user:www:r-x/);
    expect(shownDrift(ok(await guest.preview("--diff")), "two")?.["b"] ?? "").toMatch(/^0770 no acl => 0770 acl:/);
    ok(await base.up());
    ok(await guest.up());
    expect([await acl("a"), await acl("b")]).toStrictEqual(["user:www:r-x\n", "group:www:rwx\n"]);
    await clean();
  });
});
