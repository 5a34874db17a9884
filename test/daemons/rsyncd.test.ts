import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { assertJailed, inodes, jailed, undisturbed, until } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import { root, rsyncd, useRsyncd } from "../support/rsyncd";
import { writableDirectories } from "../support/writable";

describe("rsync --daemon in the jail of examples/rsyncd", () => {
  const { example, at, rsync, fetched } = useRsyncd();

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

  test("up with nothing to do is noticed by no client and touches no inode", async () => {
    const before = inodes(example.host, root);
    const asked = await undisturbed(
      async () => (await fetched("pub/hello")) === "welcome\n",
      async () => ok(await example.stack.up("--expect-no-changes")),
    );
    assert.ok(asked > 10, `only ${asked} requests`);
    expect(inodes(example.host, root)).toStrictEqual(before);
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
