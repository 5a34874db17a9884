import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { linesWith, ok, section, shownDrift, skip, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { Stack } from "../support/stack";

describe("drift", { skip }, () => {
  const lab = useLab();
  /** A jail with two directories, a place to write and a rule. */
  const declaration = (mode: string, reason: string): Declared => ({
    jails: {
      app: lab.jail("/srv/app", {
        directories: { etc: "settings", "var/run": "the PID" },
        writable: { spool: "what comes in" },
      }),
    },
    rules: { var: { jail: "app", match: "var", group: "root", directoryMode: mode, reason } },
  });
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);

  // One stack for all: each test leaves the jail as it is declared.
  before(async () => {
    stack = await lab.stack();
    stack.declare(declaration("0711", "only the way"));
    ok(await stack.up());
    await must("umask 027; cd etc && touch conf key tool dir.d && chgrp www *");
  });

  test("each kind is one line per path in a plain preview, live => declared, and no other path has one", async () => {
    await must(`rmdir var/run; chown www etc/conf; chgrp root etc/key; chmod 4755 etc/tool; chmod 1777 var
      rm etc/dir.d; mkdir -m 2750 etc/dir.d; chgrp www etc/dir.d; rmdir spool; ln -s /etc spool`);
    const preview = ok(await stack.preview("--diff"));
    assert.deepEqual(shownDrift(preview, "app"), {
      "var/run": "absent => root:www 0750 directory",
      "etc/conf": "www:www 0640 => root:www 0640",
      "etc/key": "root:root 0640 => root:www 0640",
      "etc/tool": "root:www 4755 => root:www 0640",
      "etc/dir.d": "root:www 2750 => root:www 0750",
      spool: "root:root 0777 link -> /etc => root:www 0770 directory",
    });
    assert.deepEqual(shownDrift(preview, "var"), { var: ":root 1777 => :root 0711" });
    assert.doesNotMatch(section(preview, "app") ?? "", /baseline|directories|connection/);
    assert.match(preview, /~ 2 to update/);

    ok(await stack.up());
    assert.equal(
      await must("stat -c '%n %U:%G %a %F' spool var var/run etc/*"),
      `spool root:www 770 directory\nvar root:root 711 directory\nvar/run root:www 750 directory
etc/conf root:www 640 regular empty file\netc/dir.d root:www 750 directory
etc/key root:www 640 regular empty file\netc/tool root:www 640 regular empty file\n`,
    );
    assert.match(await must("ls -l .pulumi-chroot"), /-> \/etc/, "what stood in the way is kept");
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });

  test("the log has a line for each path under its resource, with host, path, live, declared, rule and reason", async () => {
    await must("chmod 777 var && chown www etc/conf");
    const { code, diagnostics, steps, changeSummary } = await stack.json();
    await must("chmod 711 var && chown root etc/conf");
    const place = `root@127.0.0.1:${lab.host.port}:/srv/app`;
    assert.equal(code, 0);
    const said = (name: string) =>
      diagnostics
        .filter(({ urn }) => urn?.endsWith(`::${name}`))
        .map(({ message, severity }) => `${severity} ${message?.trim()}`);
    assert.deepEqual(said("var"), [
      `info ${place}/var is :root 0777, declared :root 0711 (PermissionRule::var: only the way)`,
    ]);
    assert.deepEqual(said("app"), [
      `info ${place}/etc/conf is www:www 0640, declared root:www 0640 (Jail::app: baseline)`,
      `info ${place}: held to the baseline only, no rule speaks of: etc/conf, etc/dir.d, etc/key, etc/tool`,
    ]);
    assert.deepEqual(changeSummary, { same: 1, update: 2 });
    const step = steps.find(({ urn }) => urn.endsWith("PermissionRule::var"));
    assert.equal(step?.op, "update");
    assert.deepEqual(step?.newState?.inputs["drift"], { var: ":root 0777 => :root 0711" });
    assert.deepEqual(Object.keys(step?.detailedDiff ?? {}), ["drift.var"]);
  });

  test("the tree view says [diff: ~drift], and --expect-no-changes fails as long as there is drift", async () => {
    await must("chmod 777 var");
    const preview = await stack.preview("--expect-no-changes");
    assert.notEqual(preview.code, 0);
    assert.match(preview.output, /~ +pulumi-nodejs:dynamic\/chroot:PermissionRule var update \[diff: ~drift\]/);
    assert.match(preview.output, /PermissionRule \(var\):\n.*:\/srv\/app\/var is :root 0777, declared :root 0711/);
    const up = ok(await stack.up());
    assert.match(up, /PermissionRule \(var\):\n.*:\/srv\/app\/var was :root 0777, is now :root 0711/);
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
    assert.deepEqual(stack.resource("var").outputs["drift"], {});
    assert.deepEqual(stack.resource("var").inputs["drift"], {});
  });

  test("of many drifted paths 200 are listed and 20 logged, and both times the rest is counted", async () => {
    await must("cd etc && for i in $(seq 1000 1249); do : >f$i; done");
    const preview = ok(await stack.preview("--diff"));
    const drift = shownDrift(preview, "app") ?? {};
    assert.equal(Object.keys(drift).length, 201);
    assert.equal(drift["(and 50 more)"], "not listed");
    assert.equal(drift["etc/f1199"], "root:root 0644 => root:www 0640");
    assert.equal(linesWith(preview, " is root:root 0644, declared root:www 0640").length, 20);
    assert.equal(linesWith(preview, "/srv/app: and 230 more paths differ").length, 1);
    assert.match(ok(await stack.up()), /\/srv\/app: and 230 more paths were repaired/);
    assert.equal((await must("find etc -name 'f1*' -group www -perm 640 | wc -l")).trim(), "250");
    await must("rm etc/f1*");
  });

  test("the same drift is seen and repaired a second and a third time", async () => {
    for (const _ of [1, 2, 3]) {
      await must("chmod 777 var");
      assert.deepEqual(shownDrift(ok(await stack.preview("--diff")), "var"), { var: ":root 0777 => :root 0711" });
      assert.match(ok(await stack.up()), /~ 1 updated/);
      assert.equal((await must("stat -c %a var")).trim(), "711");
    }
  });

  test("drift and a changed argument are shown and done together, and nothing of the repair stays in the state", async () => {
    await must("chown www:www var");
    stack.declare(declaration("0751", "a test"));
    const preview = ok(await stack.preview("--diff"));
    assert.match(section(preview, "var") ?? "", /~ directoryMode: "0711" => "0751"/);
    assert.match(section(preview, "var") ?? "", /~ reason +: "only the way" => "a test"/);
    assert.deepEqual(shownDrift(preview, "var"), { var: ":www 0711 => :root 0751, LOOSER" });
    assert.deepEqual(shownDrift(preview, "app"), { var: "www => root" });
    ok(await stack.up());
    assert.equal((await must("stat -c '%U:%G %a' var")).trim(), "root:root 751");
    assert.deepEqual(stack.resource("var").inputs["drift"], {});
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });

  test("entries that no resource declares are findings and no drift", async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    assert.match(
      preview,
      /Jail \(app\):\n.*: held to the baseline only, no rule speaks of: etc\/conf, etc\/dir\.d, etc\/key, etc\/tool/,
    );
    const findings = ["conf", "dir.d", "key", "tool"].map((name) => `etc/${name} is not declared by any resource`);
    await must("chmod 777 .");
    ok(await stack.up());
    assert.deepEqual(stack.resource("app").outputs["findings"], findings);
  });

  test("entries that no resource declares are drift where they are to be pruned, and up says how each comes back", async () => {
    const { jails, ...rest } = declaration("0751", "a test");
    const app = { ...jails?.["app"], undeclared: "prune", protect: { "etc/key": "the admin's" } };
    stack.declare({ ...rest, jails: { app } } as Declared);
    const preview = ok(await stack.preview("--diff"));
    assert.deepEqual(shownDrift(preview, "app"), {
      "etc/conf": "root:www 0640 file => absent",
      "etc/dir.d": "root:www 0750 directory => absent",
      "etc/tool": "root:www 0640 file => absent",
    });
    assert.match(preview, /etc\/tool is .*, declared absent \(.*: up moves it to \.pulumi-chroot in the root\)/);
    await must("test -e etc/conf");
    const [line = ""] = linesWith(ok(await stack.up()), "/etc/tool was ");
    const [, was, back = ""] = /\/etc\/tool was (.*), is now absent; to bring it back: (.*)$/.exec(line) ?? [];
    assert.equal(was, "root:www 0640 file", line);
    assert.match(back, /^mv -T \/srv\/app\/\.pulumi-chroot\/\d{8}T\d{6}-\d+ \/srv\/app\/etc\/tool$/);
    assert.equal(await must("ls etc"), "key\n");
    assert.deepEqual(stack.resource("app").outputs["findings"], []);
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
    await must(back);
    assert.deepEqual(shownDrift(ok(await stack.preview("--diff")), "app"), {
      "etc/tool": "root:www 0640 file => absent",
    });
  });
});
