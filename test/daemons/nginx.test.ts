import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import { assertWrapped, inodes, jailed, lowPortsOnly, startDaemon, undisturbed } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";

const account = { uid: 33, gid: 33 };
const root = "/chroot/nginx";
// /usr of a lab host is the machine's, and read-only.
const launcher = "/etc/jails/nginx";

describe("nginx in the jail of examples/nginx", () => {
  const lab = useExample("nginx", { tools: ["nginx"], accounts: { "www-data": account }, config: { launcher } });
  let port = 0;

  before(async () => {
    port = await freePort();
    ok(await lab.stack.pulumi("config", "set", "listen", String(port)));
    await lab.host.must("mkdir -p /chroot /etc/jails /etc/nginx");
    copyFileSync("/etc/nginx/mime.types", lab.host.path("/etc/nginx/mime.types"));
  });

  const page = async () => {
    // A connection for each request, as strangers have.
    const [reply] = await once(get({ host: "127.0.0.1", port, agent: false }), "response");
    return reply.statusCode === 200 ? text(reply) : "";
  };
  const ask = async () => /It works, in a jail/.test(await page());
  const asks = () => ask().catch(() => false);
  /** What nginx does not write. */
  const kept = () => inodes(lab.host, root).filter((line) => !/^(var\/|run)/.test(line));

  test("is made by one up, and starts with no right of root's but one", async () => {
    const preview = ok(await lab.stack.preview("--diff"));
    assert.match(
      shownDrift(preview, "nginx", "create")?.["usr/sbin/nginx"] ?? "",
      /^absent => root:root 0755 file sha256:/,
    );
    lab.host.resetCounts();
    ok(await lab.stack.up());
    assert.equal(lab.host.connections(), 1);
    await startDaemon(lab.host, [launcher], asks);
    const serving = jailed(lab.host);
    assert.equal(serving.length, 3, "a master and two workers");
    for (const each of serving) assertWrapped(each, root, account, lowPortsOnly);
  });

  test("nothing is left to do while it runs, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const before = kept();
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up()));
    assert.ok(asked > 50, `${asked} requests`);
    assert.deepEqual(kept(), before);
  });

  test("what somebody changes shows: in what nginx may write, in a library of the host, in the launcher", async () => {
    const library = (await lab.host.must(`cd ${root}; find usr/lib -name 'libz.so.1'`)).trim();
    await lab.host.must(
      `cp /bin/true ${root}/var/lib/nginx/tool; chmod 4755 ${root}/var/lib/nginx/tool
       printf x >>${root}/${library}; chmod 0777 ${launcher}; rm ${root}/srv/www/index.html`,
    );
    const preview = ok(await lab.stack.preview("--diff"));
    const all = preview
      .split("\n")
      .filter((line) => line.includes("=>"))
      .join("\n");
    assert.match(all, /var\/lib\/nginx\/tool *: "4755 => 0755"/);
    assert.match(
      all,
      new RegExp(`${library.replaceAll(".", "\\.")} *: "root:root 0644 stale sha256:.* as the host's `),
    );
    assert.match(all, /\/etc\/jails\/nginx *: "root:root 0777 => root:root 0755"/);
    assert.match(all, /srv\/www\/index.html *: "absent => root:www-data 0640 file sha256:/);
    ok(await lab.stack.up());
    ok(await lab.stack.preview("--expect-no-changes"));
    assert.ok(await asks());
  });

  test("goes on when the jail is no longer Pulumi's", async () => {
    const before = kept();
    ok(await lab.stack.destroy());
    assert.deepEqual(kept(), before);
    assert.ok(await asks());
    assert.equal(jailed(lab.host).length, 3);
    await lab.host.must(`test -x ${launcher} && test -L /etc/nginx-jail.conf`);
  });
});
