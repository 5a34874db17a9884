import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { Declared, DeclaredRule } from "../support/program";
import type { Stack } from "../support/stack";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const lab = useLab({ flavour: "busybox", countScans: false });
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  const declaration = (more: Record<string, DeclaredRule> = {}): Declared => ({
    jails: {
      app: lab.jail("/srv/app", {
        directories: { etc: "settings", "var/run": "the PID" },
        writable: { "var/spool": "what comes in" },
      }),
    },
    rules: {
      var: { jail: "app", match: "var", group: "root", directoryMode: "0711", reason: "only the way" },
      share: { jail: "app", match: "etc", special: ["setgid"] },
      ...more,
    },
  });
  const clean = async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(/4 unchanged/);
    expect(ok(await stack.preview("--expect-no-changes", "--refresh"))).toMatch(/4 unchanged/);
    return preview;
  };

  // The tests follow one jail from the first preview to its end.
  beforeAll(async () => {
    stack = await lab.stack();
    stack.declare(declaration());
  });

  test("begins with a preview that makes nothing, and an up that makes just that", async () => {
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
    const said = linesWith(await clean(), "not checked on this host");
    assert.ok(said.some((line) => line.includes("no getfacl and setfacl commands (package acl)")));
    assert.ok(said.some((line) => line.includes("no getcap and setcap commands (package libcap2-bin)")));
    const notChecked = stack.resource("app").outputs["notChecked"] as string[];
    expect(notChecked.filter((gap) => gap.includes("not checked on this host")).length).toBe(2);
  });

  test("has its drift shown and repaired, also below what the daemon writes", async () => {
    await must(`touch etc/conf 'etc/new
line' && chgrp www etc/* && chmod 640 etc/* && chmod 666 etc/conf && chown www 'etc/new
line' && chmod 777 var && rmdir var/run && chmod g-s etc && touch var/spool/x && chmod 4755 var/spool/x && chown www var/spool/x && chmod 4755 var/spool/x`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "etc/conf": "root:www 0666 => root:www 0640",
      "etc/new\\nline": "www:www 0640 => root:www 0640",
      "var/run": "absent => root:www 0750 directory",
      "var/spool/x": "4755 => 0755",
    });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":root 0777 => :root 0711" });
    expect(shownDrift(preview, "share")).toStrictEqual({ etc: "no special bits => setgid, LOOSER" });
    ok(await stack.up());
    expect(await must("stat -c '%U:%G %a' etc etc/conf etc/new* var var/run var/spool var/spool/x")).toBe(
      "root:www 2750\nroot:www 640\nroot:www 640\nroot:root 711\nroot:www 750\nroot:www 770\nwww:root 755\n",
    );
    await clean();
  });

  test("has its drift shown by a refresh, and repaired after it", async () => {
    await must("chmod 777 var && chown www etc/conf");
    ok(await stack.refresh());
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":root 0777 => :root 0711" });
    ok(await stack.up());
    await clean();
  });

  test("has a missing tree made again in one up, however deep it is and whoever may write in the root meanwhile", async () => {
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

  test("is refused what needs tools that the host does not have, by name", async () => {
    stack.declare(
      declaration({
        acl: { jail: "app", match: "etc", acl: ["user:www:rX"] },
        caps: { jail: "app", match: "etc/conf", capabilities: "cap_kill=ep" },
      }),
    );
    const preview = ok(await stack.preview("--diff"));
    const why = (name: string) => shownDrift(preview, name, "create")?.["(host)"] ?? "";
    expect(why("acl")).toMatch(
      /^refused: it declares an ACL, and the host has no getfacl and setfacl: install acl there/,
    );
    expect(why("caps")).toMatch(
      /^refused: it declares capabilities, and the host has no getcap and setcap: install libcap/,
    );
    expect(failed(await stack.up())).toMatch(/(acl|caps) is refused: .*the host has no get(facl|cap)/);
    stack.declare(declaration());
    ok(await stack.up());
    await clean();
  });

  test("ends with the files as they are and nothing of the registry", async () => {
    const tree = "cd /srv/app && find . -type d -o -type f | sort | xargs stat -c '%n %U:%G %a' 2>/dev/null";
    const before = await lab.host.must(`${tree} || true`);
    ok(await stack.destroy());
    expect(await lab.host.must(`${tree} || true`)).toBe(before);
    expect(await lab.host.must("ls /var/lib/pulumi-chroot")).toBe("");
    expect(stack.resources().filter(({ urn }) => urn.includes("chroot:"))).toStrictEqual([]);
  });
});
