import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useRepairedJail } from "../support/repaired-jail";

describe("a repair", () => {
  const { lab, shared, must, untouched } = useRepairedJail();

  test("touches only what has drifted, and does exactly what the preview said", async () => {
    const { stack } = shared;
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
    const { stack } = shared;
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
});
