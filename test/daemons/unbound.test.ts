import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { assertJailed, bound, inodes, jailed, startDaemon, undisturbed, until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";

const unbound = { uid: 1057, gid: 1057 };
const root = "/chroot/unbound";
const rootKey = "/srv/dns/root.key";

/** Acts as systemd does with Debian's unit: it signals the process that it has started, if any. No lab host has systemd. */
const systemctl = `#!/bin/sh
[ "$*" = "try-reload-or-restart unbound" ] || exit 1
echo reload >>/run/reloads
[ ! -e /run/unbound.main ] || kill -HUP "$(cat /run/unbound.main)"
`;

describe("unbound in the jail of examples/unbound", () => {
  const tools = ["unbound", "unbound-checkconf", "dig", "systemctl"];
  const lab = useExample("unbound", { tools, accounts: { unbound }, config: { rootKey } });
  let port = 0;
  let conf = "";

  beforeAll(async () => {
    port = await freePort();
    conf = join(lab.stack.directory, "unbound.conf");
    writeFileSync(conf, readFileSync(conf, "utf8").replace("@53\n", `@${port}\n`));
    await lab.host.replace("/usr/bin/systemctl", systemctl);
    await lab.host.must("mkdir -p /srv/dns /etc/unbound; echo '# as the package has it' >/etc/unbound/unbound.conf");
    writeFileSync(lab.host.path(rootKey), `${anchors[0]}\n`);
  });

  const dig = async (name: string) => {
    const options = ["+short", "+time=2", "-p", String(port)];
    const { code, stdout } = await lab.host.run(["dig", "@127.0.0.1", ...options, name, "A"]);
    return code === 0 ? stdout.trim() : "";
  };
  const ask = async () => (await dig("router.home.arpa")) === "192.0.2.1";
  const reloads = async () => (await lab.host.sh("grep -c . /run/reloads")).stdout.trim();

  test("up makes the jail, in which unbound may write nothing, and the link to its configuration", async () => {
    ok(await lab.stack.up());
    const found = await lab.host.must(`cd ${root} && find . -printf '%P %u:%g %m\\n' | sort`);
    expect(found.split("\n").slice(0, -1)).toStrictEqual([
      " root:unbound 750",
      "etc root:unbound 750",
      "etc/unbound root:unbound 750",
      "etc/unbound/root.key root:unbound 640",
      "etc/unbound/unbound.conf root:unbound 640",
    ]);
    expect(await lab.host.must("readlink /etc/unbound/unbound.conf; cat /var/lib/pulumi-chroot/*/backup/[!i]*")).toBe(
      `${root}/etc/unbound/unbound.conf\n# as the package has it\n`,
    );
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("unbound answers from it, and is not root", async () => {
    // As Debian's unit, without its helper: the configuration is where unbound looks for it by itself.
    const start = "echo $$ >/run/unbound.main; exec unbound -d -p";
    await startDaemon(lab.host, ["sh", "-c", start], ask);
    const [serving, ...more] = bound(lab.host, "udp", port);
    expect(more).toStrictEqual([]);
    assertJailed(serving, root, unbound);
    expect(jailed(lab.host)).toStrictEqual([serving]);
    expect(await dig("nobody.home.arpa")).toBe("");
  });

  test("a preview while it runs is empty, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const [before, reloaded] = [inodes(lab.host, root), await reloads()];
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up("--expect-no-changes")));
    assert.ok(asked > 20, `only ${asked} queries`);
    expect(inodes(lab.host, root)).toStrictEqual(before);
    expect(await reloads()).toBe(reloaded);
  });

  test("a change of the configuration is answered from after up, by the same process in its jail", async () => {
    const [before] = bound(lab.host, "udp", port);
    appendFileSync(conf, '    local-data: "printer.home.arpa. A 192.0.2.2"\n');
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    await until("the printer is known", async () => (await dig("printer.home.arpa")) === "192.0.2.2");
    const [after] = bound(lab.host, "udp", port);
    expect(after?.pid).toBe(before?.pid);
    assertJailed(after, root, unbound);
  });

  test("a configuration that unbound would not take stays out of the jail", async () => {
    const [good, before] = [readFileSync(conf, "utf8"), inodes(lab.host, root)];
    writeFileSync(conf, `${good}    local-zoen: "typo" static\n`);
    await undisturbed(ask, async () => {
      expect(failed(await lab.stack.up())).toMatch(/unbound-checkconf \S+ refuses it, .*unknown keyword 'local-zoen'/);
    });
    writeFileSync(conf, good);
    // The root has had the file that was refused for a moment, beside the others.
    expect(inodes(lab.host, root).slice(1)).toStrictEqual(before.slice(1));
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("a new root key of the host is drift, and comes in with a reload", async () => {
    writeFileSync(lab.host.path(rootKey), `${anchors.join("\n")}\n`);
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "root.key")?.["etc/unbound/root.key"] ?? "").toMatch(
      /as the host's \/srv\/dns\/root.key$/,
    );
    const reloaded = Number(await reloads());
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    expect(await lab.host.must(`cat ${root}/etc/unbound/root.key`)).toBe(`${anchors.join("\n")}\n`);
    expect(Number(await reloads())).toBe(reloaded + 1);
  });

  test("what was changed by hand in the jail is shown with its resource, and comes back while unbound answers", async () => {
    await lab.host.must(
      `cd ${root}/etc && chmod 0777 . && chmod 0666 unbound/unbound.conf && echo 'local-data: "x.home.arpa. A 192.0.2.9"' >>unbound/unbound.conf`,
    );
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "unbound")).toStrictEqual({
      etc: "root:unbound 0777 => root:unbound 0750",
      "etc/unbound/unbound.conf": "root:unbound 0666 => root:unbound 0640",
    });
    expect(shownDrift(preview, "unbound.conf")?.["etc/unbound/unbound.conf"] ?? "").toMatch(
      /^sha256:[0-9a-f]{8} \d+ bytes => sha256:[0-9a-f]{8} \d+ bytes$/,
    );
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/etc ${root}/etc/unbound/unbound.conf`)).toBe(
      "root:unbound 750\nroot:unbound 640\n",
    );
    expect(await dig("x.home.arpa")).toBe("");
    ok(await lab.stack.preview("--expect-no-changes"));
  });
});

/** Digests of the keys of the DNS root, of 2017 and of 2024. */
const anchors = [
  ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
  ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
];
