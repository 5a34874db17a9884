import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { root, rsyncd, useRsyncd } from "../support/rsyncd";

describe("rsync --daemon in the jail of examples/rsyncd", () => {
  const { example, at, rsync } = useRsyncd();

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
});
