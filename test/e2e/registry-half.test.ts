import { beforeEach, describe, expect, test } from "@jest/globals";
import { linesWith, ok } from "../support/e2e";
import { both, remark, useRegistry } from "../support/registry-scene";
import type { Stack } from "../support/stack";

describe("a registry that is not as it was left", () => {
  const { lab, begin, recordOf, labels, clean } = useRegistry();
  let stack: Stack;

  beforeEach(async () => {
    stack = await begin();
  });

  test("because a record is written in half is named in a preview, and up writes it whole", async () => {
    const file = await recordOf("PermissionRule::var");
    await lab.host.must(`head -c 60 ${file} >/run/half && cat /run/half >${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "var")).toMatch(/registr/);
    const name = file.split("/").at(-1) ?? "";
    expect(linesWith(preview, `${name} in the registry does not count: it is not JSON`).length).toBe(1);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });

  test("because the jail's record is written in half is named in a preview, and up writes it whole", async () => {
    const file = await recordOf("Jail::app");
    await lab.host.must(`: >${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/registr/);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });
});
