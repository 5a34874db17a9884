import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { assertJailed, inodes, jailed, undisturbed } from "../support/daemon";
import { ok } from "../support/e2e";
import { account, root, usePhp } from "../support/php-pool";
import { writableDirectories } from "../support/writable";

describe("php-fpm in the jail of examples/php-fpm", () => {
  const { example, ask, login, serve } = usePhp();

  test("up makes the jail: code for reading, directories for writing, and the host's files as the host has them", async () => {
    const { host, stack } = example;
    ok(await stack.up());
    expect(await host.must(`cd ${root} && stat -c '%n %U:%G %a' . www www/index.php sessions tmp etc/hosts`)).toBe(
      [
        ". root:www-data 750",
        "www root:www-data 750",
        "www/index.php root:www-data 640",
        "sessions root:www-data 1730",
        "tmp root:www-data 1730",
        "etc/hosts root:www-data 640",
        "",
      ].join("\n"),
    );
    const same = ["hosts", "nsswitch.conf", "resolv.conf", "ssl/certs/ca-certificates.crt"].map(
      (name) => `/etc/${name}`,
    );
    for (const path of [...same, "/usr/share/zoneinfo/UTC", "/usr/share/zoneinfo/Europe/Paris"])
      await host.must(`cmp ${path} ${root}${path} && test ! -L ${root}${path}`);
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a pool serves from it: not as root, and with all that PHP needs", async () => {
    const { host, stack } = example;
    await serve();
    expect(JSON.parse(await ask("index.php"))).toStrictEqual({
      "time zone": "2024-07-01T12:00:00+02:00",
      "name service": "127.0.0.1",
      authorities: true,
      "temporary file": true,
      "code can be changed": false,
    });
    assert.notEqual(jailed(host).length, 0, "no worker is in the jail");
    for (const worker of jailed(host)) assertJailed(worker, root, account);
    const { writable } = stack.resource("php").inputs as { writable: Record<string, string> };
    expect(writableDirectories(host, root, account)).toStrictEqual(Object.keys(writable).sort());
  });

  test("sessions last, no script can list them or change code, and what PHP writes is no drift", async () => {
    expect([await login(), await login()]).toStrictEqual([1, 2]);
    expect(await ask("spy.php")).toBe("[false,false,false]");
    expect(await example.host.must(`stat -c '%U:%G %a' ${root}/sessions/*`)).toMatch(/^www-data:www-data 600\n$/);
    ok(await example.stack.preview("--expect-no-changes"));
  });

  test("up with nothing to do is noticed by no client and touches no inode", async () => {
    const { host, stack } = example;
    const before = inodes(host, root);
    const asked = await undisturbed(
      async () => (await ask("name.php", "of=db.internal")) === "192.0.2.7",
      async () => ok(await stack.up("--expect-no-changes")),
    );
    assert.ok(asked > 10, `only ${asked} requests`);
    expect(inodes(host, root)).toStrictEqual(before);
  });
});
