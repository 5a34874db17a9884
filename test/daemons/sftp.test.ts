import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { assertJailed, inodes, jailed, startDaemon, undisturbed, until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";

const accounts = { alice: { uid: 1055, gid: 1055 }, bob: { uid: 1056, gid: 1056 } };
const root = "/srv/sftp/alice";

describe("sftp in the jails of examples/sftp", () => {
  const lab = useExample("sftp", { tools: ["sshd", "sftp"], accounts, config: { users: "alice,bob" } });
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    const conf = readFileSync(join(lab.stack.directory, "sshd_config"), "utf8");
    const here = `Port ${port}\nListenAddress 127.0.0.1\n`;
    writeFileSync(lab.host.path("/etc/ssh/sshd_config_sftp"), conf.replace("Port 2022\n", here));
    const { privateKey, publicKey } = makeKey("ed25519");
    mkdirSync(lab.host.path("/etc/ssh/authorized_keys.d"));
    for (const name of Object.keys(accounts))
      writeFileSync(lab.host.path(`/etc/ssh/authorized_keys.d/${name}`), `${publicKey}\n`);
    writeFileSync(lab.host.path("/root/id"), privateKey, { mode: 0o600 });
    writeFileSync(lab.host.path("/root/known_hosts"), `[127.0.0.1]:${port} ${lab.host.hostKey}\n`);
    writeFileSync(lab.host.path("/root/report.csv"), "one,two\n");
  });

  const client = (user: string) => {
    const files = ["-i", "/root/id", "-o", "UserKnownHostsFile=/root/known_hosts"];
    return ["sftp", "-F", "none", "-q", "-P", `${port}`, ...files, "-b", "-", `${user}@127.0.0.1`];
  };
  /** One session: the commands, of which none may fail. */
  const session = (user: string, ...commands: string[]) =>
    lab.host.run(client(user), { cwd: "/root", stdin: commands.map((command) => `${command}\n`).join("") });
  const done = async (user: string, ...commands: string[]) => {
    const { code, stdout, stderr } = await session(user, ...commands);
    assert.equal(code, 0, stderr);
    return stdout.replace(/^sftp> .*\n/gm, "");
  };
  const download = async () => (await session("alice", "get report.csv /dev/null")).code === 0;

  test("up makes a jail for each user, root's but for one directory", async () => {
    ok(await lab.stack.up());
    const tree = (name: string) => [`/srv/sftp/${name} root:${name} 750`, `/srv/sftp/${name}/upload root:${name} 770`];
    const found = await lab.host.must("find /srv/sftp -mindepth 1 -printf '%p %u:%g %m\\n' | sort");
    expect(found.trim().split("\n")).toStrictEqual([...tree("alice"), ...tree("bob")]);
  });

  test("a user uploads, downloads, and sees nothing but the own jail", async () => {
    const sshd = [lab.host.sshd, "-D", "-e", "-f", "/etc/ssh/sshd_config_sftp"];
    await startDaemon(lab.host, sshd, async () => (await session("alice", "pwd")).code === 0);
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

  test("a file that a user makes setuid is shown, and is not setuid after up", async () => {
    await done("alice", "put report.csv tool", "chmod 4755 tool");
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "alice")).toStrictEqual({ "upload/tool": "4755 => 0755" });
    expect(shownDrift(preview, "bob")).toBe(undefined);
    ok(await lab.stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/upload/tool`)).toBe("alice:alice 755\n");
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("a mode for which sshd refuses the login is shown with it, and after up the user is in again", async () => {
    await lab.host.must(`chmod 0770 ${root}`);
    assert.equal(await download(), false, "sshd refuses a jail that its group may write");
    const preview = failed(await lab.stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "alice")).toStrictEqual({ ".": "root:alice 0770 => root:alice 0750" });
    ok(await lab.stack.up());
    expect(await download()).toBe(true);
    ok(await lab.stack.preview("--expect-no-changes"));
  });
});
