import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { linesWith, ok, section, shownDrift, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { Stack } from "../support/stack";

describe("drift", () => {
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

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await lab.stack();
    stack.declare(declaration("0711", "only the way"));
    ok(await stack.up());
    await must("umask 027; cd etc && touch conf key tool dir.d && chgrp www *");
  });

  test("each kind is one line per path in a plain preview, live => declared, and no other path has one", async () => {
    await must(`rmdir var/run; chown www etc/conf; chgrp root etc/key; chmod 4755 etc/tool; chmod 1777 var
      rm etc/dir.d; mkdir -m 2750 etc/dir.d; chgrp www etc/dir.d; rmdir spool; mkfifo -m 0644 spool`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "var/run": "absent => root:www 0750 directory",
      "etc/conf": "www:www 0640 => root:www 0640",
      "etc/key": "root:root 0640 => root:www 0640, LOOSER",
      "etc/tool": "root:www 4755 => root:www 0640",
      "etc/dir.d": "root:www 2750 => root:www 0750",
      spool: "root:root 0644 fifo => root:www 0770 directory",
    });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":root 1777 => :root 0711" });
    expect(section(preview, "app") ?? "").not.toMatch(/baseline|directories|connection/);
    expect(preview).toMatch(/~ 2 to update/);

    ok(await stack.up());
    expect(
      await must("stat -c '%n %U:%G %a %F' spool var var/run etc/*"),
    ).toBe(`spool root:www 770 directory\nvar root:root 711 directory\nvar/run root:www 750 directory
etc/conf root:www 640 regular empty file\netc/dir.d root:www 750 directory
etc/key root:www 640 regular empty file\netc/tool root:www 640 regular empty file\n`);
    assert.match(await must("ls -l .pulumi-chroot"), /^p/m, "the FIFO that stood in the way is kept");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("the log has a line for each path under its resource, with host, path, live, declared, rule and reason", async () => {
    await must("chmod 777 var && chown www etc/conf");
    const { code, diagnostics, steps, changeSummary } = await stack.json();
    await must("chmod 711 var && chown root etc/conf");
    const place = `root@127.0.0.1:${lab.host.port}:/srv/app`;
    expect(code).toBe(0);
    const said = (name: string) =>
      diagnostics
        .filter(({ urn }) => urn?.endsWith(`::${name}`))
        .map(({ message, severity }) => `${severity} ${message?.trim()}`);
    expect(said("var")).toStrictEqual([
      `info ${place}/var is :root 0777, declared :root 0711 (PermissionRule::var: only the way)`,
    ]);
    expect(said("app")).toStrictEqual([
      `info ${place}/etc/conf is www:www 0640, declared root:www 0640 (Jail::app: baseline)`,
      `info ${place}: held to the baseline only (undeclared: "ignore" ends this line), no rule speaks of: etc/conf, etc/dir.d, etc/key, etc/tool`,
    ]);
    expect(changeSummary).toStrictEqual({ same: 1, update: 2 });
    const step = steps.find(({ urn }) => urn.endsWith("PermissionRule::var"));
    expect(step?.op).toBe("update");
    expect(step?.newState?.inputs["drift"]).toStrictEqual({ var: ":root 0777 => :root 0711" });
    expect(Object.keys(step?.detailedDiff ?? {})).toStrictEqual(["drift.var"]);
  });

  test("the tree view says [diff: ~drift], and --expect-no-changes fails as long as there is drift", async () => {
    await must("chmod 777 var");
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(/~ +pulumi-nodejs:dynamic\/chroot:PermissionRule var update \[diff: ~drift\]/);
    expect(preview.output).toMatch(/PermissionRule \(var\):\n.*:\/srv\/app\/var is :root 0777, declared :root 0711/);
    const up = ok(await stack.up());
    expect(up).toMatch(/PermissionRule \(var\):\n.*:\/srv\/app\/var was :root 0777, is now :root 0711/);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    expect(stack.resource("var").outputs["drift"]).toStrictEqual({});
    expect(stack.resource("var").inputs["drift"]).toStrictEqual({});
  });

  test("of many drifted paths the worst are listed and logged one by one, the others as directories, and a file has all", async () => {
    await must(
      "cd etc && for i in $(seq 1000 1249); do : >f$i; done; : >planted; chmod 4755 planted; : >shut; chmod 600 shut",
    );
    const preview = ok(await stack.preview("--diff"));
    const drift = shownDrift(preview, "app") ?? {};
    expect(drift).toStrictEqual({
      "(etc/*)": "250 files root:root 0644 => root:www 0640",
      "etc/planted": "root:root 4755 => root:www 0640",
      "etc/shut": "root:root 0600 => root:www 0640, LOOSER",
    });
    expect(preview).toMatch(/etc\/planted is root:root 4755, .*\n.*etc\/shut is root:root 0600, .*LOOSER/);
    expect(linesWith(preview, "/srv/app: etc/*: 250 files root:root 0644 => root:www 0640").length).toBe(1);
    const [, list = ""] = /252 paths differ; the whole list is in (\S+)/.exec(preview) ?? [];
    const lines = readFileSync(list, "utf8").trimEnd().split("\n");
    expect(lines.length).toBe(252);
    expect(lines[0] ?? "").toMatch(/^etc\/planted: root:root 4755 => root:www 0640 \(/);
    const up = ok(await stack.up());
    expect(up).toMatch(/etc\/planted was root:root 4755, is now root:www 0640/);
    expect(up).toMatch(/etc\/\*: 250 files root:root 0644 => root:www 0640, repaired/);
    expect(up).toMatch(/252 paths were repaired; the whole list is in \S+\.repaired\.txt/);
    expect((await must("find etc -name 'f1*' -group www -perm 640 | wc -l")).trim()).toBe("250");
    await must("rm etc/f1* etc/planted etc/shut");
  });

  test("the same drift is seen and repaired a second and a third time", async () => {
    for (const _ of [1, 2, 3]) {
      await must("chmod 777 var");
      expect(shownDrift(ok(await stack.preview("--diff")), "var")).toStrictEqual({ var: ":root 0777 => :root 0711" });
      expect(ok(await stack.up())).toMatch(/~ 1 updated/);
      expect((await must("stat -c %a var")).trim()).toBe("711");
    }
  });

  test("drift and a changed argument are shown and done together, and nothing of the repair stays in the state", async () => {
    await must("chown www:www var");
    stack.declare(declaration("0751", "a test"));
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "var") ?? "").toMatch(/~ directoryMode: "0711" => "0751"/);
    expect(section(preview, "var") ?? "").toMatch(/~ reason +: "only the way" => "a test"/);
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":www 0711 => :root 0751, LOOSER" });
    expect(shownDrift(preview, "app")).toStrictEqual({ var: "www => root" });
    ok(await stack.up());
    expect((await must("stat -c '%U:%G %a' var")).trim()).toBe("root:root 751");
    expect(stack.resource("var").inputs["drift"]).toStrictEqual({});
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("entries that no resource declares are findings and no drift", async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(
      /Jail \(app\):\n.*: held to the baseline only \(undeclared: "ignore" ends this line\), no rule speaks of: etc\/conf, etc\/dir\.d, etc\/key, etc\/tool/,
    );
    const findings = ["conf", "dir.d", "key", "tool"].map((name) => `etc/${name} is not declared by any resource`);
    await must("chmod 777 .");
    ok(await stack.up());
    expect(stack.resource("app").outputs["findings"]).toStrictEqual(findings);
  });

  test("entries that no resource declares are drift where they are to be pruned, and up says how each comes back", async () => {
    const { jails, ...rest } = declaration("0751", "a test");
    const app = { ...jails?.["app"], undeclared: "prune", protect: { "etc/key": "the admin's" } };
    stack.declare({ ...rest, jails: { app } } as Declared);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ "(etc/*)": "2 files => absent; 1 directory => absent" });
    const counts = /: etc\/\*: 2 files => absent; 1 directory => absent: up moves them to \.pulumi-chroot in the root/;
    expect(preview).toMatch(counts);
    await must("test -e etc/conf");
    const [line = ""] = linesWith(ok(await stack.up()), "/etc/tool was ");
    const [, was, back = ""] = /\/etc\/tool was (.*), is now absent; to bring it back: (.*)$/.exec(line) ?? [];
    assert.equal(was, "root:www 0640 file", line);
    expect(back).toMatch(
      /^sh \/var\/lib\/pulumi-chroot\/app-[0-9a-f]{12}\/permissions\.sh --bring-back \d{8}T\d{6}-\d+$/,
    );
    expect(await must("ls etc")).toBe("key\n");
    expect(stack.resource("app").outputs["findings"]).toStrictEqual([]);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    await must(back);
    const again = ok(await stack.preview("--diff"));
    expect(shownDrift(again, "app")).toStrictEqual({ "etc/tool": "root:www 0640 file => absent" });
    expect(again).toMatch(/etc\/tool is .*, declared absent \(.*: up moves it to \.pulumi-chroot in the root\)/);
  });
});
