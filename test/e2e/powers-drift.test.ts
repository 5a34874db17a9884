import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { must, acl, plain, shared, clean, beginWithPing } = usePowers();
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await beginWithPing();
  });

  test("that have drifted, each in its way, are shown where they are declared and repaired", async () => {
    await must(`setfacl -m u:www:rx bin; setfacl -x u:backup share; chmod g-s share
      cp /bin/true bin/other; chown root:www bin/other; chmod 640 bin/other; setcap cap_sys_admin,cap_chown+eip bin/other
      setcap cap_net_admin+ep bin/ping`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "bin/other": "root:www 0640 caps:cap_chown,cap_sys_admin=eip => root:www 0640 no caps",
      bin: "root:www 0750 acl:user:www:r-x => root:www 0750 no acl",
    });
    expect(shownDrift(preview, "backup")).toStrictEqual({
      share: "acl without user:backup:r-x => acl:user:backup:r-x, LOOSER",
    });
    expect(shownDrift(preview, "shared")).toStrictEqual({ share: "no special bits => setgid, LOOSER" });
    expect(shownDrift(preview, "ping")).toStrictEqual({
      "bin/ping": "0750 caps:cap_net_admin=ep => 0750 caps:cap_net_raw=ep, LOOSER",
    });
    expect(preview).toMatch(
      /bin is root:www 0750 acl:user:www:r-x \(changed [^)]+ ago\), declared root:www 0750 no acl \(Jail::app: baseline\)/,
    );

    const up = ok(await stack.up());
    expect(up).toMatch(/bin was root:www 0750 acl:user:www:r-x, is now root:www 0750 no acl/);
    expect([await acl("bin"), await acl("share")]).toStrictEqual([plain, shared]);
    expect(await must("getcap bin/other; stat -c %a share bin")).toBe("2750\n750\n");
    expect(await must("getcap bin/ping")).not.toMatch(/admin/);
    await clean();
    expect(ok(await stack.preview("--expect-no-changes", "--refresh"))).toMatch(/6 unchanged/);
  });

  test("however long an ACL is, what is declared is shown to its end", async () => {
    await must("setfacl -d -m u:www:rwx log");
    const text = shownDrift(ok(await stack.preview("--diff")), "made")?.["log"] ?? "";
    await must("setfacl -d -x u:www log && setfacl -d -m m::rx log");
    expect(text).toMatch(/user:www:rwx.* => .*/);
    assert.doesNotMatch(text, /\.\.\./, "the CLI cuts longer texts");
  });
});
