import assert from "node:assert/strict";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { beforeAll } from "@jest/globals";
import { startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";

export const root = "/srv/php";
const socket = "/run/php/app.sock";
export const account = { uid: 33, gid: 33 };

/** Code as its owner deploys it, beside the example's own. */
const code = {
  "login.php": '<?php session_start(); echo $_SESSION["count"] = ($_SESSION["count"] ?? 0) + 1;',
  "spy.php": '<?php echo json_encode([@scandir("/sessions"), @scandir("/tmp"), @file_put_contents("/www/x", "x")]);',
  "name.php": '<?php echo gethostbyname($_GET["of"]);',
};

/** The jail of examples/php-fpm; where `isServing`, a pool serves from it. To be called in a describe. */
export function usePhp({ isServing = false } = {}) {
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
    if (!isServing) return;
    ok(await stack.up());
    await serve();
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
  const serve = async () => {
    const { host } = example;
    for (const [name, text] of Object.entries(code)) writeFileSync(host.path(`${root}/www/${name}`), text);
    await host.must(`chgrp www-data ${root}/www/*; chmod 640 ${root}/www/*`);
    await startDaemon(host, [fpm(), "-F", "-y", "/etc/fpm.conf"], () => ask("index.php").then(Boolean, () => false));
  };
  return { example, ask, login, serve };
}

/** Debian has the version in the name of the program. */
function fpm(): string {
  const name = readdirSync("/usr/sbin").find((file) => /^php-fpm[\d.]*$/.test(file));
  assert.ok(name, "php-fpm is not installed");
  return `/usr/sbin/${name}`;
}
