import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { assertJailed, bound, inodes, jailed, startDaemon, undisturbed, until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";

const haproxy = { uid: 1054, gid: 1054 };
const root = "/chroot/haproxy";

describe("haproxy in the jail of examples/haproxy", () => {
  const lab = useExample("haproxy", { tools: ["haproxy"], accounts: { haproxy } });
  const backend = createServer((request, response) => response.end(`backend: ${request.url}`));
  let port = 0;

  beforeAll(async () => {
    backend.listen(0, "127.0.0.1");
    await once(backend, "listening");
    port = await freePort();
    const conf = readFileSync(join(lab.stack.directory, "haproxy.cfg"), "utf8")
      .replace("127.0.0.1:80\n", `127.0.0.1:${port}\n`)
      .replace("127.0.0.1:8080", `127.0.0.1:${(backend.address() as AddressInfo).port}`);
    mkdirSync(lab.host.path("/etc/haproxy"));
    writeFileSync(lab.host.path("/etc/haproxy/haproxy.cfg"), conf);
  });
  afterAll(() => void backend.close());

  const ask = async () => {
    // A connection for each request, as strangers have.
    const [reply] = await once(get({ host: "127.0.0.1", port, path: "/page", agent: false }), "response");
    return reply.statusCode === 200 && (await text(reply)) === "backend: /page";
  };
  const asks = () => ask().catch(() => false);

  test("up makes the empty jail", async () => {
    ok(await lab.stack.up());
    expect(await lab.host.must(`find ${root} -printf '%p %u:%g %m\\n'`)).toBe(`${root} root:root 555\n`);
  });

  test("haproxy serves from it: not as root, and with nothing that it may write", async () => {
    // As Debian's unit: a master that stays root, outside, and never talks to a client.
    await startDaemon(lab.host, ["haproxy", "-W", "-f", "/etc/haproxy/haproxy.cfg", "-p", "/run/haproxy.pid"], asks);
    const [serving, ...more] = bound(lab.host, "tcp", port);
    expect(more).toStrictEqual([]);
    assertJailed(serving, root, haproxy);
    expect(jailed(lab.host)).toStrictEqual([serving]);
    const write = await lab.host.run(["touch", `${root}/file`], { as: haproxy });
    assert.notEqual(write.code, 0, "haproxy may not write");
  });

  test("a preview while it runs is empty, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const before = inodes(lab.host, root);
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up("--expect-no-changes")));
    assert.ok(asked > 100, `only ${asked} requests`);
    expect(inodes(lab.host, root)).toStrictEqual(before);
  });

  test("a reload starts the next worker in the jail, from the configuration that is outside", async () => {
    const [old] = bound(lab.host, "tcp", port);
    await undisturbed(ask, async () => {
      await lab.host.must("kill -USR2 $(cat /run/haproxy.pid)");
      await until("the old worker has gone", () => bound(lab.host, "tcp", port).every(({ pid }) => pid !== old?.pid));
    });
    assertJailed(bound(lab.host, "tcp", port)[0], root, haproxy);
  });

  test("a jail that was opened is shown, and closed again while haproxy serves", async () => {
    await lab.host.must(`chmod 0777 ${root}`);
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "haproxy")).toStrictEqual({ ".": "root:root 0777 => root:root 0555" });
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}`)).toBe("root:root 555\n");
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("a file that turns up in the empty jail is a line in the preview", async () => {
    await lab.host.must(`umask 077; echo x >${root}/intruder; chmod 400 ${root}/intruder`);
    expect(ok(await lab.stack.preview())).toMatch(/ends this line\): intruder \(new\)$/m);
  });
});
