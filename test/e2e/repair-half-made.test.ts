import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";

describe("a repair", () => {
  const lab = useLab();

  test("of a jail that was made only in part goes on where it was cut, and knows the jail as its own", async () => {
    await lab.host.replace(
      "/usr/bin/chmod",
      (original) =>
        `#!/bin/sh\n[ -e /run/lab/fixed ] || { echo "chmod: no luck today" >&2; exit 1; }\nexec ${original} "$@"\n`,
    );
    const partial = await lab.stack({ project: "partial" });
    partial.declare({ jails: { app: lab.jail("/srv/part", { directories: { etc: "settings" } }) } });
    try {
      const up = failed(await partial.up());
      expect(up).toMatch(/chmod: no luck today/);
      expect(up).toMatch(/root@127\.0\.0\.1:\d+:\/srv\/part/);
      assert.match(partial.resource("app").id ?? "", /^[0-9a-f]{32}$/, "the state knows it");
      await lab.host.must(": >/run/lab/fixed");
      ok(await partial.up());
    } finally {
      await lab.host.restore("/usr/bin/chmod");
    }
    expect(await lab.host.must("stat -c '%U:%G %a' /srv/part /srv/part/etc")).toBe("root:www 750\nroot:www 750\n");
    expect(ok(await partial.preview("--expect-no-changes"))).toMatch(/2 unchanged/);
    expect((await lab.host.must("ls /var/lib/pulumi-chroot/part-*/*.json | wc -l")).trim()).toBe("1");
  });
});
