import assert from "node:assert/strict";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { assertJailed, inodes, jailed, startDaemon, undisturbed } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { writableDirectories } from "../support/writable";

const root = "/srv/php";
const socket = "/run/php/app.sock";
const account = { uid: 33, gid: 33 };

/** Code as its owner deploys it, beside the example's own. */
const code = {
  "login.php": '<?php session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;',
  "spy.php": '<?php echo json_encode([@scandir("/sessions"), @scandir("/tmp"), @file_put_contents("/www/x", "x")]);',
  "name.php": '<?php echo gethostbyname($_GET["of"]);',
};

describe("php-fpm in the jail of examples/php-fpm", () => {
  const example = useExample("php-fpm", { tools: ["cgi-fcgi", "php"], accounts: { "www-data": account } });

  beforeAll(async () => {
    const { host, stack } = example;
    // Many hosts have this setting.
    await host.must(`mkdir -p /etc/ssl/certs /run/php; echo nameserver 192.0.2.1 >/run/resolv; ln -s /run/resolv /etc/resolv.conf
      echo 192.0.2.7 db.internal >>/etc/hosts`);
    writeFileSync(host.path("/etc/ssl/certs/ca-certificates.crt"), `${rootCertificates.join("\n")}\n`);
    copyFileSync(join(stack.directory, "pool.conf"), host.path("/etc/pool.conf"));
    writeFileSync(
      host.path("/etc/fpm.conf"),
      "[global]\ndaemonize = no\nerror_log = /run/php/log\ninclude = /etc/pool.conf\n",
    );
  });

  /** Makes one request as a web server does; returns the output of the script. */
  async function ask(script: string, query = "", cookie = ""): Promise<string> {
    const env = { SCRIPT_FILENAME: `/www/${script}`, REQUEST_METHOD: "GET", QUERY_STRING: query, HTTP_COOKIE: cookie };
    const { stdout, stderr } = await example.host.run(["cgi-fcgi", "-bind", "-connect", socket], { env });
    const [head = "", ...body] = stdout.split("\r\n\r\n");
    if (!/^Content-type: /im.test(head) || /^Status: /m.test(head)) throw new Error(`${script}: ${stdout}${stderr}`);
    return body.join("\r\n\r\n");
  }
  const login = async () => Number(await ask("login.php", "", "PHPSESSID=abcdefghijklmnopqrstuvwx"));

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
    for (const [name, text] of Object.entries(code)) writeFileSync(host.path(`${root}/www/${name}`), text);
    await host.must(`chgrp www-data ${root}/www/*; chmod 640 ${root}/www/*`);
    await startDaemon(host, [fpm(), "-F", "-y", "/etc/fpm.conf"], () => ask("index.php").then(Boolean, () => false));
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

/** Debian has the version in the name of the program. */
function fpm(): string {
  const name = readdirSync("/usr/sbin").find((file) => /^php-fpm[\d.]*$/.test(file));
  assert.ok(name, "php-fpm is not installed");
  return `/usr/sbin/${name}`;
}
