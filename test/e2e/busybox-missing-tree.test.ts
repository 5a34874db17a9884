import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { useBusyboxJail } from "../support/busybox-jail";
import { ok } from "../support/e2e";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const { shared, must, declaration, clean } = useBusyboxJail({ isMade: true });

  test("has a missing tree made again in one up, however deep it is and whoever may write in the root meanwhile", async () => {
    const { stack } = shared;
    const deep = "a/b/c/d/e/f/g";
    const { jails: { app } = {}, rules } = declaration();
    assert.ok(app);
    stack.declare({
      jails: { app: { ...app, directories: { ...app.directories, [deep]: "a test" } } },
      ...(rules ? { rules } : {}),
    });
    ok(await stack.up());
    await must("rm -r a && chmod 777 .");
    ok(await stack.up());
    expect(await must(`stat -c '%U:%G %a' . ${deep}`)).toBe("root:www 750\nroot:www 750\n");
    await must("rm -r a");
    stack.declare(declaration());
    ok(await stack.up());
    await clean();
  });
});
