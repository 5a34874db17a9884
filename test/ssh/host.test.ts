import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { ChrootError, type ErrorCode } from "../../provider/errors";
import type { Connection } from "../../provider/model/connection";
import { makeKey } from "../../scripts/lab/keys";
import { closeAll, observe, withAgent } from "../support/connections";
import { siteOn } from "../support/jail-site";
import { type HostOptions, type LabHost, startHost } from "../support/sshd";

let host: LabHost;
beforeAll(async () => {
  host = await startHost({ hostKeyTypes: ["ed25519", "rsa"] });
  await host.must("mkdir -p /srv/a /srv/b /srv/c /srv/d /srv/e /srv/f");
});
afterEach(closeAll);
afterAll(() => host.close());

const jails = ["a", "b", "c", "d", "e", "f"].map((name) => `/srv/${name}`);
const see = (more: Partial<Connection> = {}, root = "/srv/a") => observe(siteOn(host, root, more));

/** That it fails so, saying where, within the time, and without a line of a key. */
async function fails(work: Promise<unknown>, code: ErrorCode, why: RegExp, within = 5000): Promise<void> {
  const start = Date.now();
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof ChrootError, String(error));
    assert.equal(error.code, code, error.message);
    expect(error.message).toMatch(why);
    expect(error.message).toMatch(/: \w+@127\.0\.0\.1:\d+:\/srv\//);
    assert.ok(error.message.split("\n").length <= 3, error.message);
    expect(`${error.message} ${error.stack}`).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXk|secret phrase/);
    return true;
  });
  assert.ok(Date.now() - start < within, `${Date.now() - start} ms`);
}

async function on(options: HostOptions, work: (other: LabHost) => Promise<void>): Promise<void> {
  const other = await startHost(options);
  try {
    await other.must("mkdir -p /srv/a /srv/b /srv/c /srv/d /srv/e /srv/f");
    await work(other);
  } finally {
    await closeAll();
    await other.close();
  }
}

test("callers at the same time share one connection, and later ones too", async () => {
  host.resetCounts();
  await Promise.all([...jails, ...jails].map((root) => see({}, root)));
  await see();
  expect([host.connections(), host.commands()]).toStrictEqual([1, 13]);
});

test("a connection that was cut is made again, also when nobody has noticed yet", async () => {
  await see();
  host.resetCounts();
  await host.cut();
  await Promise.all(jails.map((root) => see({}, root)));
  expect(host.connections()).toBe(1);
  await host.cut();
  await setTimeout(50);
  await see();
});

for (const sessions of [1, 2]) {
  test(`several jails at once are looked at where sshd allows ${sessions} session${sessions > 1 ? "s" : ""}`, () =>
    on({ sshdConfig: [`MaxSessions ${sessions}`] }, async (other) => {
      const seen = await Promise.all(jails.map((root) => observe(siteOn(other, root))));
      assert.ok(seen.every(({ entries }) => entries.size === 1));
      expect(other.connections()).toBe(1);
    }));
}

test("a server that lets nobody in for a moment (MaxStartups) is tried again", () =>
  on({ sshdConfig: ["MaxStartups 2:100:2"] }, async (other) => {
    const idlers: Socket[] = [];
    for (let n = 0; n < 2; n++) {
      const socket = connect(other.port, "127.0.0.1");
      idlers.push(socket);
      await once(socket, "data");
    }
    const seen = observe(siteOn(other, "/srv/a"));
    const turnedAway = () => readFileSync(other.path("/var/log/sshd.log"), "utf8").includes("MaxStartups");
    for (const start = Date.now(); !turnedAway(); await setTimeout(5)) expect(Date.now() - start).toBeLessThan(5000);
    for (const socket of idlers) socket.destroy();
    expect((await seen).entries.size).toBe(1);
  }));

test("a closed port is an error at once, with what to check", async () => {
  await fails(
    see({ port: 1 }),
    "unreachable",
    /nothing accepts connections on port 1 there \(ECONNREFUSED\)\ncheck that the host is up, that sshd runs there/s,
    1000,
  );
});

/** A server that is none of SSH, and its port. */
async function serve(answer: (socket: Socket) => void, work: (port: number) => Promise<void>): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    answer(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

test("a port that accepts and says nothing is given up in time", () =>
  serve(
    () => undefined,
    (port) =>
      fails(
        see({ port, perDialTimeout: 0.5 }),
        "silent",
        /no answer for 0\.5 s \(in the SSH handshake\)\n.*connection\.perDialTimeout/,
        2000,
      ),
  ));

test("a port that answers with something else is not taken for an SSH server", () =>
  serve(
    (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    (port) => fails(see({ port, perDialTimeout: 3 }), "dropped", /closed the connection before the handshake/, 8000),
  ));

test("a host that hangs is given up in time: before the login, before a command and within one", async () => {
  // Long enough for a busy machine to answer in.
  const hasty = { perDialTimeout: 3 };
  try {
    host.freeze();
    await fails(see(hasty), "silent", /cannot connect: .*no answer for 3 s \(in the SSH handshake\)/, 20_000);
    host.thaw();
    await see(hasty);
    host.freeze();
    await fails(see(hasty), "silent", /cannot start a command: .*no answer for 3 s/, 20_000);
    host.thaw();
    const site = siteOn(host, "/srv/a", hasty);
    const within = withAgent(site, async (agent) => {
      await agent.request("look");
      host.freeze();
      await agent.request("look");
    });
    await fails(within, "silent", /the host hangs: .*no answer for 3 s/, 20_000);
  } finally {
    host.thaw();
  }
  assert.equal((await see()).entries.size, 1, "and when it is back it is looked at again");
});

test("a host that hangs is waited for without end where perDialTimeout is 0, as in @pulumi/command", async () => {
  host.freeze();
  const seen = see({ perDialTimeout: 0 });
  await setTimeout(1500);
  host.thaw();
  expect((await seen).entries.size).toBe(1);
});

test("a host key that is not the pinned one is refused, also over a connection that is open already", async () => {
  const other = makeKey("ed25519").publicKey;
  const refused = /its host key has changed.*SHA256:.*SHA256:/s;
  await fails(see({ hostKey: other }), "host-key", refused);
  await see();
  await fails(see({ hostKey: other }), "host-key", refused);
  await see();
});

test("a login that is refused says what was tried, and nothing of the key", async () => {
  const { privateKey } = makeKey("ed25519");
  await fails(see({ privateKey }), "authentication", /does not accept connection\.privateKey\nput the public key/);
  await fails(see({ privateKey: "no key at all" }), "authentication", /connection\.privateKey cannot be used/);
});

test("an account that runs no commands is told so, with what its shell says", async () => {
  await assert.rejects(see({ user: "nobody" }), (error) => {
    assert.ok(error instanceof ChrootError);
    expect(error.message).toMatch(/nobody@127\.0\.0\.1:\d+:\/srv\/a: .*This account is currently not available/);
    expect(error.message).not.toMatch(/finished changes are kept/);
    return true;
  });
});

/** A key pair in files that the host accepts. */
function acceptedKey(name: string, passphrase: string): string {
  const file = join(host.directory, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", file]);
  appendFileSync(host.path("/etc/ssh/authorized_keys"), readFileSync(`${file}.pub`));
  return file;
}

test("an encrypted key works with its passphrase and says so without it, or with another", async () => {
  const privateKey = readFileSync(acceptedKey("encrypted", "secret phrase"), "utf8");
  expect((await see({ privateKey, privateKeyPassword: "secret phrase" })).entries.size).toBe(1);
  await closeAll();
  await fails(see({ privateKey }), "authentication", /connection\.privateKey cannot be used: .*passphrase/i);
  const wrong = { privateKey, privateKeyPassword: "secret phrases" };
  await fails(see(wrong), "authentication", /connection\.privateKey cannot be used/);
});

/** The connection without its key, so that agent and files are looked up. */
function keyless(more: Partial<Connection>) {
  const { privateKey: _, ...connection } = siteOn(host, "/srv/a").connection;
  return { connection: { ...connection, ...more }, root: "/srv/a" };
}

test("a key in an SSH agent logs in, an agent without it is named, and so is one that is not there", async () => {
  const agentSocketPath = join(host.directory, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", agentSocketPath], { stdio: "ignore" });
  try {
    for (let n = 0; n < 100 && !existsSync(agentSocketPath); n++) await setTimeout(20);
    await fails(observe(keyless({ agentSocketPath })), "authentication", /the SSH agent at \/.*\/agent/);
    const env = { ...process.env, SSH_AUTH_SOCK: agentSocketPath };
    execFileSync("ssh-add", ["-q", acceptedKey("for-agent", "")], { env });
    expect((await observe(keyless({ agentSocketPath }))).entries.size).toBe(1);
  } finally {
    agent.kill();
    await once(agent, "exit");
  }
  await closeAll();
  const none = keyless({ agentSocketPath: "/nowhere/agent" });
  await fails(observe(none), "authentication", /no SSH agent at connection\.agentSocketPath, \/nowhere\/agent/);
});

test("of a host's keys the one that is known is asked for, and no other counts", async () => {
  const knownHostsFile = join(host.directory, "known_hosts");
  const { hostKey: _, ...connection } = siteOn(host, "/srv/a").connection;
  const known = { connection: { ...connection, knownHostsFile }, root: "/srv/a" };
  for (const key of host.hostKeys) {
    writeFileSync(knownHostsFile, `# a comment\n[127.0.0.1]:${host.port} ${key}\n`);
    assert.equal((await observe(known)).entries.size, 1, key.split(" ")[0]);
    await closeAll();
  }
  writeFileSync(knownHostsFile, `127.0.0.2 ${host.hostKey}\n[127.0.0.1]:1 ${host.hostKey}\n`);
  await fails(observe(known), "host-key", /its host key is not known: it offers SHA256:/);
  writeFileSync(knownHostsFile, `[127.0.0.1]:${host.port} ${makeKey("ed25519").publicKey}\n`);
  await fails(observe(known), "host-key", /its host key has changed/);
});
