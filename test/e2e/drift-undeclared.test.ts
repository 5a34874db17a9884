import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { doors } from "../support/doors";
import { useDrift } from "../support/drift-scene";
import { linesWith, ok, shownDrift } from "../support/e2e";
import type { Declared } from "../support/program";
import type { Stack } from "../support/stack";

describe.each(doors)("drift over $name", (door) => {
  const { lab, declaration, must, begin } = useDrift(door);
  const unchanged = new RegExp(`${door.beside + 2} unchanged`);
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    await lab.host.must("umask 027; mkdir -p /srv/app/etc/dir.d");
    stack = await begin("0751", "a test");
  });

  test("entries that no resource declares are findings and no drift", async () => {
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).toMatch(
      /Jail \(app\):\n.*: not declared by any resource, held to the baseline \(undeclared: "ignore" ends this line\): etc\/conf, etc\/dir\.d, etc\/key, etc\/tool/,
    );
    const findings = ["conf", "dir.d", "key", "tool"].map((name) => `etc/${name} is not declared by any resource`);
    await must("chmod 777 .");
    ok(await stack.up());
    expect(stack.resource("app").outputs["findings"]).toStrictEqual(findings);
  });

  test("entries that no resource declares are drift where they are to be pruned, and up says how each comes back", async () => {
    const { jails, ...rest } = declaration("0751", "a test");
    const app = { ...jails?.["app"], undeclared: "prune", protect: { "etc/key": "the admin's" } };
    door.declare(stack, { ...rest, jails: { app } } as Declared);
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
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(unchanged);
    await must(back);
    const again = ok(await stack.preview("--diff"));
    expect(shownDrift(again, "app")).toStrictEqual({ "etc/tool": "root:www 0640 file => absent" });
    expect(again).toMatch(/etc\/tool is .*, declared absent \(.*: up moves it to \.pulumi-chroot in the root\)/);
  });
});
