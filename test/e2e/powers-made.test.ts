import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { must, acl, plain, shared, clean, begin } = usePowers();
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await begin();
  });

  test("are made with the jail, as the preview says", async () => {
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "backup", "create")).toStrictEqual({
      share: "absent => directory acl:user:backup:r-x",
    });
    expect(shownDrift(preview, "made", "create")).toStrictEqual({
      log: "absent => directory acl:default:user:backup:r-x",
    });
    expect(shownDrift(preview, "shared", "create")).toStrictEqual({ share: "absent => setgid directory" });
    assert.equal(shownDrift(preview, "ping", "create"), undefined, "nobody makes files");
    ok(await stack.up());
    expect(await must("stat -c '%n %U:%G %a' bin share log")).toBe(
      "bin root:www 750\nshare root:www 2750\nlog root:www 750\n",
    );
    expect(await acl("share")).toBe(shared);
    expect(await acl("log")).toBe(
      `${plain} default:user::rwx default:user:backup:r-x default:group::r-x default:mask::r-x default:other::---`,
    );
  });

  test("of a file that is not there leave a remark on the jail, and no drift", async () => {
    const preview = await clean();
    expect(preview).toMatch(
      /PermissionRule \(ping\):\n.*\/srv\/app: PermissionRule::ping matches nothing: there is no file or directory like bin\/ping that it would change \(runtime: true/,
    );
  });

  test("of a file that appears are shown and set, and the remark goes", async () => {
    await must("cp /bin/true bin/ping && chgrp www bin/ping && chmod 750 bin/ping");
    expect(shownDrift(ok(await stack.preview("--diff")), "ping")).toStrictEqual({
      "bin/ping": "0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER",
    });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    expect(await clean()).not.toMatch(/matches nothing/);
  });
});
