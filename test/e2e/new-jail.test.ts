import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";

describe("a new jail", () => {
  const lab = useLab();

  test("on an empty host it is previewed in full, nothing is touched, and up makes just that", async () => {
    const stack = await lab.stack();
    stack.declare({
      jails: {
        app: lab.jail("/srv/new/app", { directories: { etc: "settings" }, writable: { "var/run": "the PID" } }),
      },
      rules: { run: { jail: "app", match: "var/run", directoryMode: "0775" } },
    });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app", "create")).toStrictEqual({
      ".": "absent => root:www 0750 directory",
      etc: "absent => root:www 0750 directory",
      var: "absent => root:www 0750 directory",
      "var/run": "absent => root:www directory",
    });
    expect(shownDrift(preview, "run", "create")).toStrictEqual({ "var/run": "absent => 0775 directory" });
    assert.equal((await lab.host.sh("ls -d /srv/new /var/lib/pulumi-chroot")).stdout, "", "a preview makes nothing");

    ok(await stack.up());
    expect(await lab.host.must("cd /srv/new && stat -c '%n %U:%G %a' . app app/etc app/var app/var/run")).toBe(
      ". root:root 755\napp root:www 750\napp/etc root:www 750\napp/var root:www 750\napp/var/run root:www 775\n",
    );
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    expect(ok(await stack.preview("--expect-no-changes", "--refresh"))).toMatch(/3 unchanged/);
    const { outputs } = stack.resource("app");
    expect([outputs["drift"], outputs["findings"], outputs["notChecked"]]).toStrictEqual([{}, [], []]);
    expect(outputs["machineId"]).toBe((await lab.host.must("cat /etc/machine-id")).trim());
    const inode = `${outputs["device"]} ${outputs["inode"]}\n`;
    expect(await lab.host.must("stat -c '%d %i' /srv/new/app")).toBe(inode);
  });
});
