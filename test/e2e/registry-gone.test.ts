import assert from "node:assert/strict";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { both, home, remark, useRegistry } from "../support/registry-scene";
import type { Stack } from "../support/stack";

describe("a registry that is not as it was left", () => {
  const { lab, root, begin, labels, inodes, clean } = useRegistry();
  let stack: Stack;

  beforeEach(async () => {
    stack = await begin();
  });

  test("since it is gone is noticed in a preview, and written again by up without touching the jail", async () => {
    const before = await inodes();
    await lab.host.must(`rm -rf ${home}`);
    const preview = ok(await stack.preview("--diff"));
    for (const name of ["app", "var"]) assert.match(remark(preview, name), /registr.*gone; up writes it again/, name);
    expect(preview).toMatch(/~ 2 to update/);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    expect(await inodes()).toBe(before);
    await clean();
  });

  test("since it is gone is no hindrance to a repair", async () => {
    await lab.host.must(`rm -rf ${home}; chmod 777 ${root()}/etc ${root()}/var`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ etc: "root:www 0777 => root:www 0750" });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: "0777 => 0711" });
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });
});
