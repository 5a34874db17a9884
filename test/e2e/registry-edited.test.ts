import assert from "node:assert/strict";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { remark, useRegistry } from "../support/registry-scene";
import type { Stack } from "../support/stack";

describe("a registry that is not as it was left", () => {
  const { lab, begin, recordOf, inodes, clean } = useRegistry();
  let stack: Stack;

  beforeEach(async () => {
    stack = await begin();
  });

  test("because somebody has edited a rule's record is noticed in a preview and set right by up", async () => {
    const before = await inodes();
    const file = await recordOf("PermissionRule::var");
    await lab.host.must(`sed -i 's/"0711"/"0777"/' ${file} && grep -q 0777 ${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "var")).toMatch(/has changed its record in the host's registry; up writes it again/);
    expect(shownDrift(preview, "app")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${file}`)).toMatch(/"directoryMode": "0711"/);
    assert.equal(await inodes(), before, "what the record said was never done");
    await clean();
  });

  test("because somebody has edited the jail's record is noticed in a preview and set right by up", async () => {
    const file = await recordOf("Jail::app");
    await lab.host.must(`sed -i 's/"0750"/"0755"/' ${file} && grep -q 0755 ${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/has changed its record in the host's registry/);
    expect(shownDrift(preview, "var")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${file}`)).not.toMatch(/0755/);
    await clean();
  });
});
