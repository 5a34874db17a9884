import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { DeclaredRule } from "../support/program";

describe("a jail and its stacks", () => {
  const lab = useLab();
  const records = async (root: string) =>
    (await lab.host.must(`cd /var/lib/pulumi-chroot/${root}-* && cat *.json`)).match(/"label": ".*"/g)?.sort() ?? [];

  test("a rule in another stack is kept apart, a conflict names both, and a second Jail is refused with both names", async () => {
    const base = await lab.stack({ project: "base" });
    const site = { connection: lab.host.connection, root: "/srv/two" };
    const own = { one: { jail: "app", match: "a*", directoryMode: "0700" } };
    base.declare({
      jails: { app: lab.jail("/srv/two", { directories: { a: "one", b: "two", ab: "both" } }) },
      rules: own,
    });
    ok(await base.up());

    const guest = await lab.stack({ project: "guest" });
    const declareGuest = (rules: Record<string, DeclaredRule>) => guest.declare({ rules });
    declareGuest({ b: { jail: site, match: "b", directoryMode: "0711" } });
    expect(shownDrift(ok(await guest.preview("--diff")), "b", "create")).toStrictEqual({ b: "0750 => 0711, LOOSER" });
    ok(await guest.up());
    expect(await lab.host.must("stat -c %a /srv/two/b")).toBe("711\n");
    expect(ok(await base.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    expect(ok(await guest.preview("--expect-no-changes"))).toMatch(/2 unchanged/);

    // The drift of a path shows in the stack that declares it.
    await lab.host.must("chmod 777 /srv/two/b");
    ok(await base.preview("--expect-no-changes"));
    expect(shownDrift(ok(await guest.preview("--diff")), "b")).toStrictEqual({ b: "0777 => 0711" });
    ok(await guest.up());

    declareGuest({
      b: { jail: site, match: "b", directoryMode: "0711" },
      bad: { jail: site, match: "*b", directoryMode: "0755" },
    });
    const up = failed(await guest.up());
    expect(up).toMatch(
      /PermissionRule::bad is refused: .*PermissionRule::bad and PermissionRule::one of stack base\/dev|PermissionRule::one of stack base\/dev and PermissionRule::bad/,
    );
    expect(await lab.host.must("stat -c %a /srv/two/ab")).toBe("700\n");
    ok(await base.preview("--expect-no-changes"));

    guest.declare({ jails: { second: lab.jail("/srv/two") } });
    const refused = failed(await guest.up());
    expect(refused).toMatch(
      /Jail::second is refused: .*:\/srv\/two: Jail::app of stack base\/dev .*Jail::second cannot/,
    );
    expect((await records("two")).filter((label) => label.includes("Jail::")).length).toBe(1);

    declareGuest({});
    ok(await guest.up());
    expect(await records("two")).toStrictEqual(['"label": "Jail::app"', '"label": "PermissionRule::one"']);
    expect(shownDrift(ok(await base.preview("--diff")), "app")).toStrictEqual({
      b: "root:www 0711 => root:www 0750, LOOSER",
    });
  });

  test("a rule for a root that no Jail declares is refused", async () => {
    const stack = await lab.stack();
    const jail = { connection: lab.host.connection, root: "/srv/nobody" };
    stack.declare({ rules: { r: { jail, match: "x", fileMode: "0600" } } });
    expect(shownDrift(ok(await stack.preview("--diff")), "r", "create")?.["(host)"] ?? "").toMatch(
      /^refused: no Jail declares this root/,
    );
    expect(failed(await stack.up())).toMatch(/root@127\.0\.0\.1:\d+:\/srv\/nobody: no Jail declares this root/);
  });

  test("a stack that is renamed has nothing to change, and its next change works", async () => {
    const stack = await lab.stack();
    const declare = (mode: string) =>
      stack.declare({
        jails: { app: lab.jail("/srv/rename", { directories: { a: "one" } }) },
        rules: { one: { jail: "app", match: "a", directoryMode: mode } },
      });
    declare("0700");
    ok(await stack.up());
    ok(await stack.rename("prod"));
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    await lab.host.must("chmod 777 /srv/rename/a /srv/rename");
    declare("0711");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "one")).toStrictEqual({ a: "0777 => 0711" });
    expect(shownDrift(preview, "app")).toStrictEqual({ ".": "root:www 0777 => root:www 0750" });
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/rename/a /srv/rename")).toBe("711\n750\n");
    expect(await records("rename")).toStrictEqual(['"label": "Jail::app"', '"label": "PermissionRule::one"']);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("a stack whose state was lost takes its jail over again, without adopt and without touching it", async () => {
    const declaration = {
      jails: { app: lab.jail("/srv/lost", { directories: { a: "one" } }) },
      rules: { one: { jail: "app", match: "a", directoryMode: "0700" } },
    };
    const lost = await lab.stack();
    lost.declare(declaration);
    ok(await lost.up());
    const inodes = "find /srv/lost -printf '%p %i %C@\\n'";
    const before = await lab.host.must(inodes);
    ok(await lost.pulumi("stack", "rm", "dev", "--force", "--yes"));
    ok(await lost.pulumi("stack", "init", "dev"));
    const preview = ok(await lost.preview("--diff"));
    expect(preview).toMatch(/\+ 3 to create/);
    expect(preview).not.toMatch(/refused|=>/);
    ok(await lost.up());
    expect(await lab.host.must(inodes)).toBe(before);
    expect(await records("lost")).toStrictEqual(['"label": "Jail::app"', '"label": "PermissionRule::one"']);
    expect(ok(await lost.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});
