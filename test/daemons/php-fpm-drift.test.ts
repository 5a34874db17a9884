import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { undisturbed } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { account, root, usePhp } from "../support/php-pool";

describe("php-fpm in the jail of examples/php-fpm", () => {
  const { example, ask, login } = usePhp({ isServing: true });
  beforeAll(async () => expect([await login(), await login()]).toStrictEqual([1, 2]));

  test("what the host changes in its /etc/hosts is drift of the jail's copy, and counts for PHP after up", async () => {
    const { host, stack } = example;
    await host.must("sed -i s/192.0.2.7/192.0.2.8/ /etc/hosts");
    expect(await ask("name.php", "of=db.internal")).toBe("192.0.2.7");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "etc/hosts")?.["etc/hosts"] ?? "").toMatch(
      /^stale sha256:.* as the host's \/etc\/hosts$/,
    );
    expect(preview).toMatch(/names that no name server knows/);
    await undisturbed(
      async () => /^192\.0\.2\.[78]$/.test(await ask("name.php", "of=db.internal")),
      async () => ok(await stack.up()),
    );
    await host.must(`cmp /etc/hosts ${root}/etc/hosts`);
    expect(await host.must(`stat -c '%U:%G %a' ${root}/etc/hosts`)).toBe("root:www-data 640\n");
    expect(await ask("name.php", "of=db.internal")).toBe("192.0.2.8");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("what a worker's user does where it may write is shown by a plain preview and repaired, and sessions last", async () => {
    const { host, stack } = example;
    const tampering = `chmod 4666 sess_abcdefghijklmnopqrstuvwx; cp /bin/true ../tmp/run; chmod 6755 ../tmp/run`;
    const { code: failure, stderr } = await host.sh(tampering, { cwd: `${root}/sessions`, as: account });
    assert.equal(failure, 0, stderr);
    await host.must(`chmod 0777 ${root}/sessions; chown www-data ${root}/www/login.php`);
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "sessions/*")).toStrictEqual({
      "sessions/sess_abcdefghijklmnopqrstuvwx": "www-data:www-data 4666 => www-data:www-data 0600",
    });
    expect(shownDrift(preview, "sessions")).toStrictEqual({ sessions: "0777 => 1730" });
    expect(Object.keys(shownDrift(preview, "php") ?? {})).toStrictEqual(["tmp/run", "www/login.php"]);
    expect(preview).toMatch(/names of sessions are as good as passwords/);
    ok(await stack.up());
    expect(
      await host.must(`cd ${root} && stat -c '%U:%G %a' sessions sessions/* www/login.php; stat -c %a tmp/run`),
    ).toBe("root:www-data 1730\nwww-data:www-data 600\nroot:www-data 640\n755\n");
    ok(await stack.preview("--expect-no-changes"));
    expect(await login()).toBe(3);
  });
});
