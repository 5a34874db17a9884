import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { useBusyboxJail } from "../support/busybox-jail";
import { linesWith, ok, shownDrift } from "../support/e2e";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const { lab, shared, must, clean } = useBusyboxJail();

  test("begins with a preview that makes nothing, and an up that makes just that", async () => {
    const { stack } = shared;
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app", "create")).toStrictEqual({
      ".": "absent => root:www 0750 directory",
      etc: "absent => root:www 0750 directory",
      var: "absent => root directory",
      "var/run": "absent => root:www 0750 directory",
      "var/spool": "absent => root:www 0770 directory",
    });
    expect((await lab.host.sh("ls -d /srv/app /var/lib/pulumi-chroot")).stdout).toBe("");
    ok(await stack.up());
    expect(await must("stat -c '%n %U:%G %a' . etc var var/run var/spool")).toBe(
      ". root:www 750\netc root:www 2750\nvar root:root 711\nvar/run root:www 750\nvar/spool root:www 770\n",
    );
  });

  test("says once what the host cannot check, which is no drift", async () => {
    const { stack } = shared;
    const said = linesWith(await clean(), "not checked on this host");
    assert.ok(said.some((line) => line.includes("no getfacl and setfacl commands (package acl)")));
    assert.ok(said.some((line) => line.includes("no getcap and setcap commands (package libcap2-bin)")));
    const notChecked = stack.resource("app").outputs["notChecked"] as string[];
    expect(notChecked.filter((gap) => gap.includes("not checked on this host")).length).toBe(2);
  });
});
