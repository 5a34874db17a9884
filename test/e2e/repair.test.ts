import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { until } from "../support/daemon";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { Stack } from "../support/stack";

describe("a repair", () => {
  const lab = useLab();
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);
  const declaration = (): Declared => ({
    jails: { app: lab.jail("/srv/app", { directories: { etc: "settings", var: "data", lib: "code" } }) },
    rules: {
      var: { jail: "app", match: "var", directoryMode: "0711" },
      lib: { jail: "app", match: "lib/*.so", fileMode: "0644" },
    },
  });
  /** All attributes of every inode, except the given ones. */
  const untouched = async (...paths: string[]) =>
    (await must("find . -printf '%P %i %C@ %T@ %U:%G %m\\n' | sort"))
      .split("\n")
      .filter((line) => !paths.includes(line.split(" ")[0] ?? ""));

  beforeAll(async () => {
    stack = await lab.stack();
    stack.declare(declaration());
    ok(await stack.up());
    await must("umask 027; touch etc/a etc/b lib/x.so lib/y.so && chmod 644 lib/* && chgrp www etc/* lib/*");
  });

  test("touches only what has drifted, and does exactly what the preview said", async () => {
    await must("chmod 666 etc/a && chown www lib/x.so && chmod 700 var");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "etc/a": "root:www 0666 => root:www 0640",
      "lib/x.so": "www:www => root:www",
    });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: "0700 => 0711, LOOSER" });
    const before = await untouched("etc/a", "lib/x.so", "var");
    assert.equal(before.length, 6, "the root, etc, etc/b, lib, lib/y.so and the end");
    ok(await stack.up());
    expect(await untouched("etc/a", "lib/x.so", "var")).toStrictEqual(before);
    expect(await must("stat -c '%n %U:%G %a' etc/a lib/x.so var")).toBe(
      "etc/a root:www 640\nlib/x.so root:www 644\nvar root:www 711\n",
    );
  });

  test("of names that the CLI would take for its colour codes is told and done, and a record with such a name is", async () => {
    const name = "<{%reset%}>";
    await must(`cp etc/a 'etc/${name}' && chmod 4777 'etc/${name}' && mkfifo -m 666 'lib/<{%!%}>'`);
    await lab.host.must(`echo {} >"$(echo /var/lib/pulumi-chroot/app-*)/${name}.json"`);
    const preview = ok(await stack.preview("--diff", "--color", "always"));
    assert.ok((preview.match(/etc\/\\+x3c\{%reset%\}>/g) ?? []).length > 1, "as drift and as a line");
    expect(preview).toMatch(/\\x3c\{%reset%\}>\.json in the registry does not count: it is not a record/);
    expect(preview).toMatch(/lib\/\\x3c\{%!%\}> is a fifo of root's that others may use/);
    const done = ok(await stack.up("--color", "always"));
    expect(done).toMatch(/etc\/\\x3c\{%reset%\}> was root:root 4777, is now root:www 0640/);
    expect(await must(`stat -c '%U:%G %a' 'etc/${name}'`)).toBe("root:www 640\n");
    await must(`rm 'etc/${name}' lib/*%* /var/lib/pulumi-chroot/app-*/*%*`);
  });

  test("with --target of one rule is previewed and done for that rule alone", async () => {
    await must("chmod 666 etc/a && chmod 4777 var && chmod 600 lib/y.so");
    const target = ["--target", stack.resource("var").urn];
    const before = await untouched("var");
    const preview = ok(await stack.preview("--diff", ...target));
    expect(shownDrift(preview, "var")).toStrictEqual({ var: "4777 => 0711" });
    expect(preview).toMatch(/~ 1 to update/);
    expect(ok(await stack.up(...target))).toMatch(/~ 1 updated/);
    expect(await must("stat -c %a var")).toBe("711\n");
    expect(await untouched("var")).toStrictEqual(before);
    const rest = ok(await stack.preview("--diff"));
    expect(shownDrift(rest, "app")).toStrictEqual({ "etc/a": "root:www 0666 => root:www 0640" });
    expect(shownDrift(rest, "lib")).toStrictEqual({ "lib/y.so": "0600 => 0644, LOOSER" });
    ok(await stack.up());
  });

  test("whose connection is cut between two operations is finished by the next up", async () => {
    await must("chown -R www . && chmod 777 etc var");
    // Ends the sshd above it the first time it is to set a mode: the root is closed for the repair then, in part.
    await lab.host.replace(
      "/usr/bin/chmod",
      (original) => `#!/bin/sh
if [ -e /run/lab/cut ]; then exec ${original} "$@"; fi
: >/run/lab/cut
at=$$
while [ "$at" -gt 1 ]; do
  name=$(cat /proc/$at/comm) parent=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$at/status)
  case $name in sshd*) grep -q listener /proc/$at/cmdline || kill -9 $at ;; esac
  at=$parent
done
exit 1
`,
    );
    try {
      const up = failed(await stack.up());
      expect(up).toMatch(/Jail \(app\):\n +error: .*root@127\.0\.0\.1:\d+/);
      expect(up).toMatch(/the connection was cut/);
      expect(up).toMatch(/run pulumi up again/);
      await until(
        "what was closed is open again",
        async () => (await must("stat -c '%U %a' . etc")) === "www 750\nwww 777\n",
      );
      const preview = ok(await stack.preview("--diff"));
      expect(shownDrift(preview, "app")?.["etc"]).toBe("www:www 0777 => root:www 0750");
      ok(await stack.up());
    } finally {
      await lab.host.restore("/usr/bin/chmod");
    }
    expect(await must("find . -user www | wc -l; stat -c %a etc var")).toBe("0\n750\n711\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });

  test("of a jail that was made only in part goes on where it was cut, and knows the jail as its own", async () => {
    await lab.host.replace(
      "/usr/bin/chmod",
      (original) =>
        `#!/bin/sh\n[ -e /run/lab/fixed ] || { echo "chmod: no luck today" >&2; exit 1; }\nexec ${original} "$@"\n`,
    );
    const partial = await lab.stack({ project: "partial" });
    partial.declare({ jails: { app: lab.jail("/srv/part", { directories: { etc: "settings" } }) } });
    try {
      const up = failed(await partial.up());
      expect(up).toMatch(/chmod: no luck today/);
      expect(up).toMatch(/root@127\.0\.0\.1:\d+:\/srv\/part/);
      assert.match(partial.resource("app").id ?? "", /^[0-9a-f]{32}$/, "the state knows it");
      await lab.host.must(": >/run/lab/fixed");
      ok(await partial.up());
    } finally {
      await lab.host.restore("/usr/bin/chmod");
    }
    expect(await lab.host.must("stat -c '%U:%G %a' /srv/part /srv/part/etc")).toBe("root:www 750\nroot:www 750\n");
    expect(ok(await partial.preview("--expect-no-changes"))).toMatch(/2 unchanged/);
    expect((await lab.host.must("ls /var/lib/pulumi-chroot/part-*/*.json | wc -l")).trim()).toBe("1");
  });
});
