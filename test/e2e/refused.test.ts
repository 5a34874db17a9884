import { describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";

describe("a declaration", () => {
  const lab = useLab();

  test("of what the host does not allow is `refused` in a preview, fails in up, and leaves other jails alone", async () => {
    await lab.host.must(
      "mkdir -p /srv/open/sub && chmod 777 /srv/open && mkdir -p /srv/real && ln -s /srv/real /srv/link",
    );
    const stack = await lab.stack();
    stack.declare({
      jails: {
        user: lab.jail("/srv/user", { user: "nosuch" }),
        parent: lab.jail("/srv/open/sub"),
        link: lab.jail("/srv/link"),
        good: lab.jail("/srv/fine"),
      },
    });
    const preview = ok(await stack.preview("--diff"));
    const why = (name: string) => shownDrift(preview, name, "create")?.["(host)"] ?? "";
    expect(why("user")).toMatch(/^refused: the host has no user "nosuch"/);
    expect(why("parent")).toMatch(/^refused: its parent \/srv\/open is root:root 0777/);
    expect(why("link")).toMatch(/^refused: \/srv\/link is a symbolic link, not a directory/);
    expect(shownDrift(preview, "good", "create")).toStrictEqual({ ".": "absent => root:www 0750 directory" });
    const up = failed(await stack.up("--continue-on-error"));
    expect(up).toMatch(/error: .*root@127\.0\.0\.1:\d+:\/srv\/user: the host has no user "nosuch": create it there/);
    expect(up).toMatch(/error: .*root@127\.0\.0\.1:\d+:\/srv\/open\/sub: its parent \/srv\/open is root:root 0777/);
    expect(up).toMatch(/error: .*root@127\.0\.0\.1:\d+:\/srv\/link: \/srv\/link is a symbolic link/);
    expect(await lab.host.must("stat -c %a /srv/fine")).toBe("750\n");
    expect((await lab.host.sh("ls -d /srv/user")).stdout).toBe("");
    expect(
      stack
        .resources()
        .map(({ urn }) => urn.split("::").at(-1))
        .slice(2),
    ).toStrictEqual(["good"]);
  });

  test("of two rules that give one path two modes is refused with both names, and the rest of the jail is made", async () => {
    const stack = await lab.stack();
    const declare = (order: number) =>
      stack.declare({
        jails: { app: lab.jail("/srv/conflict", { directories: { "conf.d": "settings", other: "data" } }) },
        rules: {
          one: { jail: "app", match: "conf*", directoryMode: "0700" },
          two: { jail: "app", match: "*.d", directoryMode: "0711", order },
        },
      });
    declare(100);
    ok(await stack.up("--continue-on-error").then((ran) => ({ ...ran, code: 0 })));
    const preview = ok(await stack.preview("--diff"));
    for (const name of ["one", "two"])
      expect(shownDrift(preview, name, "create")?.["(host)"] ?? "").toMatch(
        /^refused: PermissionRule::one and PermissionRule::two/,
      );
    expect(
      linesWith(
        preview,
        "/srv/conflict: refused: PermissionRule::one and PermissionRule::two give different modes to conf.d",
      ).length,
    ).toBe(1);
    // Which one the engine asks for first is not certain.
    expect(preview).toMatch(/\/srv\/conflict: refused: as PermissionRule::(one|two) says/);
    expect(await lab.host.must("stat -c %a /srv/conflict/other")).toBe("750\n");
    const up = failed(await stack.up());
    expect(up).toMatch(
      /PermissionRule::(one|two) is refused: root@127\.0\.0\.1:\d+:\/srv\/conflict: .*PermissionRule::one and PermissionRule::two give different modes/,
    );
    declare(200);
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/conflict/conf.d")).toBe("711\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });
});
