import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { must, clean, beginWithPing } = usePowers();
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await beginWithPing();
  });

  test("that a new owner took from a file are given back by an up after the one that made it root's again", async () => {
    await must("chown www bin/ping && chmod u+s,o+rx share");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "bin/ping": "www:www => root:www",
      share: "root:www 6755 => root:www 6750",
    });
    const { "(host)": why, ...drift } = shownDrift(preview, "ping") ?? {};
    expect(drift).toStrictEqual({ "bin/ping": "0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER" });
    const refused = /bin\/ping is to get capabilities, and users other than root could write in bin\/ping until now/;
    expect(why ?? "").toMatch(refused);
    expect(failed(await stack.up("--continue-on-error"))).toMatch(refused);
    assert.equal(await must("getcap bin/ping; stat -c %U bin/ping"), "root\n", "somebody has to look at it first");
    ok(await stack.up());
    expect(await must("getcap bin/ping; stat -c '%U %a' bin/ping share")).toMatch(
      /cap_net_raw[=+]ep\nroot 750\nroot 2750\n/,
    );
    await clean();
  });

  test("that are still there when only the owner has drifted stay as they are", async () => {
    await must("chown www bin/ping && setcap cap_net_raw+ep bin/ping");
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({ "bin/ping": "www:www => root:www" });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    await clean();
  });
});
