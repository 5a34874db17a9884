import { beforeEach, describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { home, remark, useRegistry } from "../support/registry-scene";
import type { Stack } from "../support/stack";

describe("a registry that is not as it was left", () => {
  const { lab, begin, declare, recordOf } = useRegistry();
  let stack: Stack;

  beforeEach(async () => {
    stack = await begin();
  });

  test("since it is gone is no reason to take over a root that is not empty without adopt", async () => {
    declare(false);
    ok(await stack.up());
    await lab.host.must(`rm -rf ${home}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/set adopt: true .* no record says/);
    expect(failed(await stack.up())).toMatch(/set adopt: true/);
  });

  test("because a record of another resource was put into it is not believed", async () => {
    const file = await recordOf("PermissionRule::var");
    const forged = file.replace(/[0-9a-f]{32}\.json$/, `${"f".repeat(32)}.json`);
    // Under a name that is not its token's.
    await lab.host.must(`sed 's/0711/0777/' ${file} >${forged}`);
    const preview = ok(await stack.preview("--diff", "--expect-no-changes"));
    expect(preview).toMatch(new RegExp(`${"f".repeat(32)}.json in the registry does not count: it is not a record`));
  });
});
