import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { doors } from "../support/doors";
import { useDrift } from "../support/drift-scene";
import { ok, section, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe.each(doors)("drift over $name", (door) => {
  const { declaration, must, begin } = useDrift(door);
  const rule = door.nameOf("var");
  const unchanged = new RegExp(`${door.beside + 2} unchanged`);
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await begin();
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
    expect(shownDrift(preview, rule)).toStrictEqual({ var: ":root 1777 => :root 0711" });
    expect(section(preview, "app") ?? "").not.toMatch(/baseline|directories|connection/);
    expect(preview).toMatch(/~ 2 to update/);

    ok(await stack.up());
    expect(
      await must("stat -c '%n %U:%G %a %F' spool var var/run etc/*"),
    ).toBe(`spool root:www 770 directory\nvar root:root 711 directory\nvar/run root:www 750 directory
etc/conf root:www 640 regular empty file\netc/dir.d root:www 750 directory
etc/key root:www 640 regular empty file\netc/tool root:www 640 regular empty file\n`);
    assert.match(await must("ls -l .pulumi-chroot"), /^p/m, "the FIFO that stood in the way is kept");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(unchanged);
  });

  test("drift and a changed argument are shown and done together, and nothing of the repair stays in the state", async () => {
    await must("chown www:www var");
    door.declare(stack, declaration("0751", "a test"));
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, rule) ?? "").toMatch(/~ directoryMode: "0711" => "0751"/);
    expect(section(preview, rule) ?? "").toMatch(/~ reason +: "only the way" => "a test"/);
    expect(shownDrift(preview, rule)).toStrictEqual({ var: ":www 0711 => :root 0751, LOOSER" });
    expect(shownDrift(preview, "app")).toStrictEqual({ var: "www => root" });
    ok(await stack.up());
    expect((await must("stat -c '%U:%G %a' var")).trim()).toBe("root:root 751");
    expect(stack.resource(rule).inputs["drift"]).toStrictEqual(door.readsFirst ? { var: ":root 0751, LOOSER" } : {});
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(unchanged);
  });
});
