import { beforeAll, describe, expect, test } from "@jest/globals";
import { useRules } from "../support/claims-scene";
import { ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("rules of a jail", () => {
  const { lab, begin, declare, modes, two } = useRules();
  let stack: Stack;

  // The tests follow one stack through the changes of a program: the second begins where the first one ended.
  beforeAll(async () => {
    stack = await begin({ one: { match: "a", directoryMode: "0700" }, two });
    ok(await stack.up());
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
});
