import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, section, shownDrift, useLab } from "../support/e2e";
import type { Declared, DeclaredRule } from "../support/program";
import type { Stack } from "../support/stack";

describe("rules of a jail", () => {
  const lab = useLab();
  let stack: Stack;
  const declare = (rules: Record<string, Omit<DeclaredRule, "jail">>) =>
    stack.declare({
      jails: { app: lab.jail("/srv/app", { directories: { a: "one", b: "two" } }) },
      rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { jail: "app", ...rule }])),
    } satisfies Declared);
  const modes = async () => (await lab.host.must("cd /srv/app && stat -c '%n %U:%G %a' a b")).trim();
  const one = { match: "a", directoryMode: "0711" };
  const two = { match: "b", group: "root" };

  // The tests follow one stack through the changes of a program: each begins where the last one ended.
  beforeAll(async () => {
    stack = await lab.stack();
    declare({ one });
    ok(await stack.up());
  });

  test("one that is added is previewed alone and does only its own", async () => {
    declare({ one, two });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "two", "create")).toStrictEqual({ b: ":www => :root" });
    assert.equal(section(preview, "app"), undefined, "the jail does not change for it");
    expect(preview).toMatch(/\+ 1 to create\n +3 unchanged/);
    ok(await stack.up());
    expect(await modes()).toBe("a root:www 711\nb root:root 750");
  });

  test("one that is changed shows its argument and what that does", async () => {
    declare({ one: { match: "a", directoryMode: "0700" }, two });
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "one") ?? "").toMatch(/directoryMode: "0711" => "0700"/);
    expect(shownDrift(preview, "one")).toStrictEqual({ a: "0711 => 0700" });
    expect(preview).toMatch(/~ 1 to update\n +3 unchanged/);
    ok(await stack.up());
    expect(await modes()).toBe("a root:www 700\nb root:root 750");
  });

  test("those that change their order in the program change nothing", async () => {
    declare({ two, one: { match: "a", directoryMode: "0700" } });
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });

  test("one that is renamed gives way to the other without touching the host", async () => {
    declare({ uno: { match: "a", directoryMode: "0700" }, two });
    const before = await lab.host.must("stat -c %z /srv/app/a /srv/app/b /srv/app");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toBe(undefined);
    expect(preview).toMatch(/\+ 1 to create\n +- 1 to delete\n/);
    ok(await stack.up());
    expect(await lab.host.must("stat -c %z /srv/app/a /srv/app/b /srv/app")).toBe(before);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
    expect((await lab.host.must("ls /var/lib/pulumi-chroot/app-*/*.json | wc -l")).trim()).toBe("3");
  });

  test("one that is removed leaves its paths to the jail, whose preview lists them", async () => {
    declare({ two });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ a: "root:www 0700 => root:www 0750, LOOSER" });
    expect(preview).toMatch(/- 1 to delete/);
    ok(await stack.up());
    expect(await modes()).toBe("a root:www 750\nb root:root 750");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("one whose values or match are Outputs is created in the same up, and what it sets is not set by the jail first", async () => {
    const args = { ...lab.jail("/srv/later", { directories: { a: "one", b: "two" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const later = await lab.stack();
    later.program(
      ({ Jail, PermissionRule }, given, { output }) => {
        const jail = new Jail("app", given);
        const reason = "a test";
        // Known only after the jail is there, so unknown in the first preview.
        const mode = jail.machineId.apply((id) => (id === "" ? "0000" : "0701"));
        new PermissionRule("value", { jail, match: "a", directoryMode: mode, reason });
        new PermissionRule("match", { jail, match: output("b"), group: "root", reason });
      },
      { ...args, baseline },
    );
    const preview = ok(await later.preview("--diff"));
    expect(section(preview, "value", "create") ?? "").toMatch(/directoryMode: (output<string>|\[unknown\])/);
    expect(preview).toMatch(/\+ 4 to create/);
    ok(await later.up());
    expect(await lab.host.must("cd /srv/later && stat -c '%n %U:%G %a' a b")).toBe("a root:www 701\nb root:root 750\n");
    expect(ok(await later.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
    await lab.host.must("chmod 777 /srv/later/a");
    const drifted = ok(await later.preview("--diff"));
    expect(shownDrift(drifted, "value")).toStrictEqual({ a: "0777 => 0701" });
    expect(shownDrift(drifted, "app")).toBe(undefined);
    // The Jail watches a path if the program does not declare it for certain; its outputs are unknown while it is about to change.
    await lab.host.must("chgrp www /srv/later/b");
    const both = ok(await later.preview("--diff"));
    expect(Object.keys(shownDrift(both, "app") ?? {})).toStrictEqual(["b"]);
    expect(shownDrift(both, "match")).toStrictEqual({ b: ":www => :root" });
    expect(shownDrift(both, "value")?.["(host)"] ?? "").toMatch(
      /^not checked: some of its arguments are not known yet/,
    );
    ok(await later.up());
    expect(ok(await later.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });

  test("one that is made after an await is known from the registry, and the log says so", async () => {
    const args = { ...lab.jail("/srv/awaits", { directories: { a: "one" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const awaits = await lab.stack();
    awaits.program(
      async ({ Jail, PermissionRule }, given) => {
        const jail = new Jail("app", given);
        await new Promise((resolve) => setTimeout(resolve, 50));
        new PermissionRule("late", { jail, match: "a", directoryMode: "0711", reason: "a test" });
      },
      { ...args, baseline },
    );
    ok(await awaits.up());
    expect(await lab.host.must("stat -c %a /srv/awaits/a")).toBe("711\n");
    const preview = ok(await awaits.preview("--diff", "--expect-no-changes"));
    expect(preview).toMatch(
      /PermissionRule::late was not known when the Jail was checked \(declared after an await, or/,
    );
    expect(preview).toMatch(/3 unchanged/);
  });

  test("one whose path is a mistake now is told so, and is not said to be declared late", async () => {
    const mistaken = await lab.stack();
    const declareAt = (path: string) =>
      mistaken.declare({
        jails: { app: lab.jail("/srv/mistaken") },
        files: { f: { jail: "app", path, content: "x" }, g: { jail: "app", path: "etc/g", content: "x" } },
      });
    declareAt("etc/f");
    ok(await mistaken.up());
    declareAt("/etc/f");
    const preview = failed(await mistaken.preview());
    expect(preview).toMatch(/"\/etc\/f" is absolute/);
    expect(preview).not.toMatch(/was not known/);
  });
});
