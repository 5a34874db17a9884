import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { assertJailed, inodes, jailed, startDaemon, undisturbed, until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";
import { writableDirectories } from "../support/writable";

const root = "/srv/rsync";
const rsyncd = { uid: 1054, gid: 1054 };

describe("rsync --daemon in the jail of examples/rsyncd", () => {
  const example = useExample("rsyncd", { tools: ["rsync"], accounts: { rsyncd } });
  let port = 0;
  const at = (path: string) => `rsync://127.0.0.1:${port}/${path}`;
  /** A client on the host, as root, with one more option where it is needed. */
  const rsync = (...argv: string[]) => example.host.run(["rsync", "--contimeout=5", "--timeout=20", ...argv]);
  async function fetched(path: string): Promise<string> {
    const { code, stderr } = await rsync(at(path), "/root/fetched");
    assert.equal(code, 0, stderr);
    return example.host.must("cat /root/fetched");
  }

  beforeAll(async () => {
    port = await freePort();
    ok(await example.stack.up());
    copyFileSync(join(example.stack.directory, "rsyncd.conf"), example.host.path("/etc/rsyncd.conf"));
    await example.host.must(
      `echo welcome >${root}/pub/hello; mkdir ${root}/pub/iso; head -c 3000000 /dev/urandom >${root}/pub/iso/disc`,
    );
    // A stdin that is a socket, as the one that a test gives, would make rsync think that inetd has started it.
    const daemon = `exec rsync --daemon --no-detach --address=127.0.0.1 --port=${port} --log-file=/root/log </dev/null`;
    await startDaemon(example.host, ["sh", "-c", daemon], async () => (await rsync(at(""))).code === 0);
  });

  test("serves what root has put there, with the declared owner and mode at the client", async () => {
    expect(await fetched("pub/hello")).toBe("welcome\n");
    const { code, stderr } = await rsync("-a", at("pub/"), "/root/mirror/");
    assert.equal(code, 0, stderr);
    expect(
      await example.host.must(`cd /root/mirror && cmp iso/disc ${root}/pub/iso/disc && stat -c '%n %a' iso hello`),
    ).toBe("iso 755\nhello 644\n");
    expect((await rsync(at(""))).stdout).toBe("pub            \twhat everybody may fetch\n");
  });

  test("what serves a client has the jail as its root, is not root, and may write in one place", async () => {
    const { host, stack } = example;
    const slow = host.spawn(["rsync", "--bwlimit=200", at("pub/iso/disc"), "/root/slow"]);
    await until("something serves the client in the jail", () => jailed(host).length > 0);
    for (const serving of jailed(host)) assertJailed(serving, root, rsyncd);
    await host.kill(slow);
    const { writable } = stack.resource("rsyncd").inputs as { writable: Record<string, string> };
    expect(writableDirectories(host, root, rsyncd)).toStrictEqual(Object.keys(writable));
    expect(writable["upload"] ?? "").toMatch(/clients send to/);
  });

  test("takes what a client sends, and it is no drift, whatever mode it was sent with", async () => {
    const { host, stack } = example;
    await host.must("mkdir -p /root/sent/box; echo report >/root/sent/box/report; chmod 4777 /root/sent/box/report");
    const { code, stderr } = await rsync("-a", "/root/sent/box", at("upload/"));
    assert.equal(code, 0, stderr);
    expect(await host.must(`cd ${root}/upload && cat box/report && stat -c '%U:%G %a' box box/report`)).toBe(
      "report\nrsyncd:rsyncd 750\nrsyncd:rsyncd 640\n",
    );
    const slow = host.spawn(["rsync", "--bwlimit=200", `${root}/pub/iso/disc`, at("upload/box/")]);
    const coming = `cd ${root}/upload/box && stat -c '%n %a' .disc.??????`;
    await until("a file is on its way", async () => (await host.sh(coming)).code === 0);
    ok(await stack.preview("--expect-no-changes"));
    expect(await host.must(coming)).toMatch(/^\.disc\.\w{6} 600\n$/);
    await host.kill(slow);
    expect((await rsync("/root/sent/box/report", at("pub/"))).stderr).toMatch(/module is read only/);
    expect((await rsync(at("upload/box/report"), "/root/x")).stderr).toMatch(/write only/);
  });

  test("up with nothing to do is noticed by no client and touches no inode", async () => {
    const before = inodes(example.host, root);
    const asked = await undisturbed(
      async () => (await fetched("pub/hello")) === "welcome\n",
      async () => ok(await example.stack.up("--expect-no-changes")),
    );
    assert.ok(asked > 10, `only ${asked} requests`);
    expect(inodes(example.host, root)).toStrictEqual(before);
  });

  test("what the daemon's user does to its directory is shown by a plain preview and repaired by up", async () => {
    const { host, stack } = example;
    const tampering = "chmod 4755 upload/box/report; cp /bin/true upload/run; chmod 6777 upload/run";
    const { code, stderr } = await host.sh(tampering, { cwd: root, as: rsyncd });
    assert.equal(code, 0, stderr);
    await host.must(`chmod 0777 ${root}/upload`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "upload")).toStrictEqual({
      "upload/box/report": "rsyncd:rsyncd 4755 => rsyncd:rsyncd 0640",
      "upload/run": "rsyncd:rsyncd 6777 => rsyncd:rsyncd 0640",
    });
    expect(preview).toMatch(/sent by strangers: not a program/);
    expect(shownDrift(preview, "rsyncd")).toStrictEqual({ upload: "root:rsyncd 0777 => root:rsyncd 0770" });
    failed(await stack.preview("--expect-no-changes"));
    ok(await stack.up());
    expect(await host.must(`cd ${root} && stat -c '%n %U:%G %a' upload upload/box/report upload/run`)).toBe(
      "upload root:rsyncd 770\nupload/box/report rsyncd:rsyncd 640\nupload/run rsyncd:rsyncd 640\n",
    );
    ok(await stack.preview("--expect-no-changes"));
    expect((await rsync("-a", "/root/sent/box", at("upload/again/"))).code).toBe(0);
  });

  test("a file that only root may change is shown when somebody else may, and the daemon serves on", async () => {
    const { host, stack } = example;
    await host.must(`chown rsyncd ${root}/pub/hello; chmod 0666 ${root}/pub/hello`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "rsyncd")).toStrictEqual({ "pub/hello": "rsyncd:root 0666 => root:root 0644" });
    ok(await stack.up());
    expect(await fetched("pub/hello")).toBe("welcome\n");
    ok(await stack.preview("--expect-no-changes"));
  });
});
