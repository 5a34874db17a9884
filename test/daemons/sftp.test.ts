import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { assertJailed, inodes, jailed, undisturbed, until } from "../support/daemon";
import { ok } from "../support/e2e";
import { accounts, useSftp } from "../support/sftp-server";

const root = "/srv/sftp/alice";

describe("sftp in the jails of examples/sftp", () => {
  const { lab, client, session, done, download, serve } = useSftp();

  test("up makes a jail for each user, root's but for one directory", async () => {
    ok(await lab.stack.up());
    const tree = (name: string) => [`/srv/sftp/${name} root:${name} 750`, `/srv/sftp/${name}/upload root:${name} 770`];
    const found = await lab.host.must("find /srv/sftp -mindepth 1 -printf '%p %u:%g %m\\n' | sort");
    expect(found.trim().split("\n")).toStrictEqual([...tree("alice"), ...tree("bob")]);
  });

  test("a user uploads, downloads, and sees nothing but the own jail", async () => {
    await serve();
    await done("alice", "put report.csv", "get report.csv back.csv");
    expect(await lab.host.must("cat /root/back.csv")).toBe("one,two\n");
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/upload/report.csv`)).toBe("alice:alice 640\n");
    expect((await done("alice", "ls -1a /")).trim().split("\n")).toStrictEqual(["/.", "/..", "/upload"]);
    assert.notEqual((await session("alice", "put report.csv /report.csv")).code, 0, "the jail's root is not alice's");
    assert.notEqual((await session("bob", "get /../alice/upload/report.csv")).code, 0, "bob is in another jail");
  });

  test("all that serves a session is in the jail, and is the user alone", async () => {
    const open = lab.host.spawn(client("alice"));
    const titles = () => jailed(lab.host).map(({ title }) => title);
    await until("the session has begun", () => titles().includes("sshd: alice@internal-sftp"));
    // One process talks to the network, and its child works on the files.
    expect(titles().sort()).toStrictEqual(["sshd: alice@internal-sftp", "sshd: alice@notty"]);
    for (const running of jailed(lab.host)) assertJailed(running, root, accounts.alice);
    open.stdin?.end("bye\n");
    await until("the session has ended", () => jailed(lab.host).length === 0);
  });

  test("what a user uploads is no drift, and an up with nothing to do disturbs nobody", async () => {
    await done("alice", "chmod 600 report.csv", "mkdir sub", "put report.csv sub/other");
    ok(await lab.stack.preview("--expect-no-changes"));
    const before = inodes(lab.host, root);
    const asked = await undisturbed(download, async () => ok(await lab.stack.up("--expect-no-changes")));
    assert.ok(asked >= 5, `only ${asked} downloads`);
    expect(inodes(lab.host, root)).toStrictEqual(before);
  });
});
