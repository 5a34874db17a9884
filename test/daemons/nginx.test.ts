import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { assertWrapped, inodes, jailed, lowPortsOnly, startDaemon, undisturbed } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";
import { walk } from "../support/jail-site";
import { endDaemons, restart } from "../support/restart";

const account = { uid: 33, gid: 33 };
const root = "/chroot/nginx";
// /usr of a lab host is the machine's, and read-only.
const launcher = "/etc/jails/nginx";
const limits = "nosuid,nodev,noexec";
const mounts = {
  "srv/www": `not mounted => bind /srv/www ro,${limits}`,
  "var/lib/nginx": `not mounted => tmpfs 64m root:www-data 0770 ${limits}`,
  run: `not mounted => tmpfs 1m root:www-data 0770 ${limits}`,
};

describe("nginx in the jail of examples/nginx", () => {
  const config = { launcher, onDelete: "removeCreated" };
  const lab = useExample("nginx", { tools: ["nginx"], accounts: { "www-data": account }, config });
  let port = 0;
  let untouched: string[];

  beforeAll(async () => {
    port = await freePort();
    ok(await lab.stack.pulumi("config", "set", "listen", String(port)));
    await lab.host.must(`mkdir -p /chroot /etc/jails /etc/nginx /srv/www; : >/etc/fstab
      ln -s /usr/share/zoneinfo/Asia/Kolkata /etc/localtime; echo 'It works' >/srv/www/index.html`);
    copyFileSync("/etc/nginx/mime.types", lab.host.path("/etc/nginx/mime.types"));
    untouched = places();
  });

  const page = async () => {
    // A connection for each request, as strangers have.
    const [reply] = await once(get({ host: "127.0.0.1", port, agent: false }), "response");
    return reply.statusCode === 200 ? text(reply) : "";
  };
  const ask = async () => /It works/.test(await page());
  const asks = () => ask().catch(() => false);
  const start = () => startDaemon(lab.host, [launcher], asks);
  /** The inodes that nginx does not write. */
  const kept = () => inodes(lab.host, root).filter((line) => !/^(var\/|run)/.test(line));
  const places = () =>
    ["/chroot", "/etc", "/srv", "/var"].flatMap((top) =>
      [...walk(lab.host.path(top))].map(([path, { type, mode, uid, gid, size }]) =>
        [top, path, type, mode, uid, gid, type === "file" ? size : ""].join(" "),
      ),
    );

  test("is made by one up, and starts with no right of root's but one", async () => {
    const preview = ok(await lab.stack.preview("--diff"));
    const shown = shownDrift(preview, "nginx", "create") ?? {};
    expect(shown["usr/sbin/nginx"] ?? "").toMatch(/^absent => root:root 0755 file sha256:/);
    for (const [path, says] of Object.entries(mounts)) expect(shown[path]).toBe(says);
    lab.host.resetCounts();
    ok(await lab.stack.up());
    expect(lab.host.connections()).toBe(1);
    await start();
    const serving = jailed(lab.host);
    assert.equal(serving.length, 3, "a master and two workers");
    for (const each of serving) assertWrapped(each, root, account, lowPortsOnly);
  });

  test("serves what the site's authors write, which nobody in the jail can, and tells the host's time", async () => {
    await lab.host.must("echo 'It works, and is new' >/srv/www/index.html");
    expect(await page()).toMatch(/and is new/);
    const { code, stderr } = await lab.host.sh(`echo x >>${root}/srv/www/index.html`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Read-only file system/);
    expect(await lab.host.must(`tail -n 1 ${root}/var/log/nginx/access.log`)).toMatch(/\+0530\] "GET \/ .* 200 /);
  });

  test("nothing is left to do while it runs, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const before = kept();
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up()));
    assert.ok(asked > 50, `${asked} requests`);
    expect(kept()).toStrictEqual(before);
  });

  test("does not start after a restart before all is mounted; what is in fstab is enough", async () => {
    await restart(lab.host, root);
    const early = await lab.host.run(["timeout", "5", launcher]);
    expect(early.code).toBe(78);
    expect(early.stderr).toMatch(/not started: nothing is mounted at \/chroot\/nginx\//);
    await lab.host.must("mount -a");
    await start();
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("what a restart took shows, and what somebody changes: one up brings it back", async () => {
    await restart(lab.host, root);
    const library = (await lab.host.must(`cd ${root}; find usr/lib -name 'libz.so.1'`)).trim();
    await lab.host.must(
      `cp /bin/true ${root}/var/log/nginx/tool; chmod 4755 ${root}/var/log/nginx/tool
       printf x >>${root}/${library}; chmod 0777 ${launcher}; echo x >${root}/etc/left`,
    );
    const preview = ok(await lab.stack.preview("--diff"));
    const { [library]: stale = "", ...shown } = shownDrift(preview, "nginx") ?? {};
    expect(stale).toMatch(/^root:root 0644 stale sha256:.* as the host's /);
    expect(shown).toStrictEqual({
      ...mounts,
      "etc/left": "root:root 0644 file => absent",
      "var/log/nginx/tool": "4755 => 0755",
    });
    expect(preview).toMatch(/\/etc\/jails\/nginx *: "root:root 0777 => root:root 0755"/);
    ok(await lab.stack.up());
    await start();
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("leaves nothing but what was put there beside it, where all that was made is to go", async () => {
    await endDaemons(lab.host);
    ok(await lab.stack.destroy());
    // The registry keeps the replaced files, and the quarantine keeps the entries of others.
    const others = /^\/(var log\/sshd|var lib\/pulumi-chroot|srv www\/index.html)/;
    const left = places().filter((place) => !untouched.includes(place) && !others.test(place));
    const names = left.map((place) => place.split(" ")[1]?.replace(/[0-9]+T[0-9]+-[0-9]+/, "TIME") ?? "");
    const log = "nginx/.pulumi-chroot/TIME/log";
    expect([...new Set(names)].sort()).toStrictEqual([
      ...["nginx", "nginx/.pulumi-chroot", "nginx/.pulumi-chroot/TIME", log],
      ...["", "/access.log", "/error.log", "/tool"].map((name) => `${log}/nginx${name}`),
      "nginx/.pulumi-chroot/index",
      "nginx/.pulumi-chroot/places",
    ]);
    expect((await lab.host.sh(`grep -c ' ${root}/' /proc/self/mountinfo`)).stdout).toBe("0\n");
  });

  test("goes on when the jail is no longer Pulumi's, also after a restart", async () => {
    ok(await lab.stack.pulumi("config", "rm", "onDelete"));
    ok(await lab.stack.up());
    await start();
    const before = kept();
    ok(await lab.stack.destroy());
    expect(kept()).toStrictEqual(before);
    assert.ok(await asks());
    expect(jailed(lab.host).length).toBe(3);
    await lab.host.must(`test -x ${launcher} && test -L /etc/nginx-jail.conf`);
    await restart(lab.host, root);
    await lab.host.must("mount -a");
    await start();
  });
});
