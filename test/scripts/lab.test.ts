import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { Client } from "ssh2";
import { type EmbeddedHost, startEmbeddedHost } from "../../scripts/lab/embedded";
import { makeKey } from "../../scripts/lab/keys";
import { hostProcesses, machineProcesses, withDescendants } from "../../scripts/lab/processes";
import { findTool } from "../../scripts/lab/requirements";
import { type LabRoot, makeRoot } from "../../scripts/lab/root";
import { type HostOptions, type LabConnection, type LabHost, startHost } from "../support/sshd";

const named = { named: { uid: 1053, gid: 1053 } };

async function withHost(options: HostOptions, use: (host: LabHost) => Promise<void>): Promise<void> {
  const host = await startHost(options);
  try {
    await use(host);
  } finally {
    await host.close();
  }
}

async function withEmbedded(use: (host: EmbeddedHost, root: LabRoot) => Promise<void>): Promise<void> {
  const root = await makeRoot();
  const host = await startEmbeddedHost(root);
  try {
    await use(host, root);
  } finally {
    await host.close();
    await root.close();
  }
}

/** Logs in with ssh2, the host key pinned. */
async function login({ hostKey, user, ...rest }: LabConnection): Promise<Client> {
  const client = new Client();
  const wanted = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  client.connect({ ...rest, username: user, hostVerifier: (key: Buffer) => key.equals(wanted) });
  await once(client, "ready");
  // a host that ends while the client says goodbye resets the connection
  client.on("error", () => undefined);
  return client;
}

interface Outcome {
  code: number | null;
  signal: string | undefined;
  stdout: Buffer;
  stderr: string;
}

function exec(client: Client, command: string, stdin: string | Buffer = ""): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(error);
      const stdout: Buffer[] = [];
      let stderr = "";
      channel.on("data", (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      channel.on("close", (code: number | null, signal?: string) => {
        resolve({ code, signal, stdout: Buffer.concat(stdout), stderr });
      });
      channel.end(stdin);
    });
  });
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const start = Date.now(); !holds(); await setTimeout(10)) {
    assert.ok(Date.now() - start < 5000, `within 5 s: ${what}`);
  }
}

function refused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(false));
    socket.once("error", () => resolve(true));
    socket.once("connect", () => socket.destroy());
  });
}

for (const flavour of ["gnu", "busybox"] as const) {
  test(`${flavour}: ssh2 and the ssh command log in as root`, () =>
    withHost({ flavour, hostKeyTypes: ["ed25519", "rsa"] }, async (host) => {
      const client = await login(host.connection);
      expect((await exec(client, "id -u")).stdout.toString()).toBe("0\n");
      expect((await exec(client, "exit 3")).code).toBe(3);
      client.end();
      const rsa = await login({ ...host.connection, hostKey: host.hostKeys[1] ?? "" }).catch(String);
      assert.match(String(rsa), /Host denied/, "the first host key is the one that is offered first");
      const ssh = findTool("ssh");
      if (ssh === undefined) return;
      const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
      const argv = ["-i", host.privateKeyFile, "-p", String(host.port), ...options.flatMap((option) => ["-o", option])];
      expect(execFileSync(ssh, [...argv, "root@127.0.0.1", "id -u"]).toString()).toBe("0\n");
    }));

  test(`${flavour}: logins, commands and scans are counted`, () =>
    withHost({ flavour, countScans: true }, async (host) => {
      const client = await login(host.connection);
      // A scan is a find that is asked for paths; others ask for names to give to other tools.
      const found = await exec(client, "find /srv ! -name %p; echo /srv | xargs -I @ find @ ! -name %p; find /srv");
      expect(found.stdout.toString()).toBe("/srv\n/srv\n/srv\n");
      await exec(client, "true");
      expect([host.connections(), host.commands(), host.scans()]).toStrictEqual([1, 2, 2]);
      host.resetCounts();
      expect([host.connections(), host.commands(), host.scans()]).toStrictEqual([0, 0, 0]);
      await exec(client, "find /srv ! -name %p");
      expect([host.connections(), host.commands(), host.scans()]).toStrictEqual([0, 1, 1]);
      client.end();
    }));

  test(`${flavour}: a command is replaced and put back`, () =>
    withHost({ flavour }, async (host) => {
      const mode = () => host.must("cd /srv; : >f; chmod 0600 f; echo f | xargs chmod 0640; stat -c %a f");
      const original = await host.replace("/usr/bin/chmod", (real) => `#!/bin/sh\n${real} 0777 f\n`);
      expect(await mode()).toBe("777\n");
      expect((await host.run([original, "0711", "/srv/f"])).code).toBe(0);
      expect(await host.must("stat -c %a /srv/f")).toBe("711\n");
      await host.restore("/usr/bin/chmod");
      expect(await mode()).toBe("640\n");
    }));
}

test("gnu: owners, modes, ACLs and capabilities hold in /srv", () =>
  withHost({ accounts: named }, async (host) => {
    await host.must("cd /srv; : >f; chown named:named f; chmod 2750 f; setfacl -m u:7:r f; setcap cap_net_raw+ep f");
    expect(await host.must("stat -c '%U:%G %a' /srv/f")).toBe("named:named 2750\n");
    expect(await host.must("getfacl -nc /srv/f")).toMatch(/^user:7:r--$/m);
    expect(await host.must("getcap /srv/f")).toMatch(/cap_net_raw=ep/);
    expect((await host.run(["id", "-u"], { as: named.named, cwd: "/srv" })).stdout).toBe("1053\n");
  }));

test("busybox: there is no GNU find", () =>
  withHost({ flavour: "busybox" }, async (host) => {
    expect((await host.run(["find", "--version"])).code).not.toBe(0);
    expect(await host.must("find / -maxdepth 0 -exec stat -c %a {} +")).toBe("755\n");
    const links = await host.must(
      "for d in /usr/sbin /usr/bin /sbin /bin; do ls -d $d/*; done | xargs -n 1 readlink -f",
    );
    expect([...new Set(links.trim().split("\n"))].sort()).toStrictEqual(["/usr/bin/busybox"]);
  }));

test("hosts are apart from each other and from the machine", async () => {
  const hosts = await Promise.all([0, 1, 2].map((n) => startHost({ hostname: `host${n}` })));
  const ids = await Promise.all(hosts.map((host) => host.must("cat /etc/machine-id; hostname; echo x >/srv/x")));
  expect(new Set(ids).size).toBe(3);
  expect(existsSync("/srv/x")).toBe(false);
  assert.notEqual(
    (await hosts[0]?.sh("echo 0 >/proc/sys/fs/protected_hardlinks"))?.code,
    0,
    "no setting can be changed",
  );
  assert.notEqual((await hosts[0]?.sh(": >/usr/bin/x"))?.code, 0, "no program can be changed");
  await Promise.all(hosts.map((host) => host.close()));
});

test("a network of its own has a loopback and nothing else", async () => {
  const root = await makeRoot({ network: "own" });
  expect(
    (await root.must("tail -n +3 /proc/net/dev"))
      .trim()
      .split(/:.*\n?/)
      .filter(Boolean),
  ).toStrictEqual(["lo"]);
  expect(await root.must("cat /proc/net/fib_trie")).toMatch(/127\.0\.0\.1/);
  await root.close();
});

test("sshd stops, starts, hangs and is cut", () =>
  withHost({}, async (host) => {
    await host.stopSshd();
    assert.ok(await refused(host.port));
    await host.startSshd();
    const client = await login(host.connection);

    host.freeze();
    let answered = false;
    const answer = exec(client, "echo late").then(({ stdout }) => {
      answered = true;
      return stdout.toString();
    });
    await setTimeout(200);
    expect(answered).toBe(false);
    host.thaw();
    expect(await answer).toBe("late\n");

    // The kernel may reset the connection: that is an error before the close.
    client.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    await host.cut();
    await closed;
    const again = await login(host.connection);
    expect((await exec(again, "echo again")).stdout.toString()).toBe("again\n");
    again.end();
  }));

test("nothing is left after close, also of a frozen host", async () => {
  const mounts = () => readFileSync("/proc/self/mountinfo", "utf8");
  const host = await startHost();
  assert.ok(!mounts().includes(host.directory), "the machine does not see the host's mounts");
  host.spawn(["sleep", "1000"]);
  await host.must("sleep 1000 </dev/null >/dev/null 2>&1 &");
  await host.replace("/usr/bin/chown", "#!/bin/sh\n");
  await login(host.connection);
  host.freeze();
  const pids = hostProcesses(host.pid).map(({ pid }) => pid);
  assert.ok(pids.length >= 6, `${pids.length} processes`);
  await host.close();
  expect(machineProcesses().filter(({ pid }) => pids.includes(pid))).toStrictEqual([]);
  expect(mounts()).not.toContain(host.directory);
  expect(existsSync(host.directory)).toBe(false);
  assert.ok(await refused(host.port));
});

test("nothing is left after the process that started a host was killed", async () => {
  const script = `require(${JSON.stringify(require.resolve("../support/sshd"))}).startHost().then((host) => {
    host.spawn(["sleep", "1000"]);
    console.log(JSON.stringify([host.pid, host.directory]));
    setInterval(() => {}, 1000);
  })`;
  const child: ChildProcess = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: Buffer[] = child.stdout === null ? [] : await once(child.stdout, "data");
  const [hostPid, directory] = JSON.parse(String(line)) as [number, string];
  const mine = withDescendants(machineProcesses(), [child.pid ?? 0]);
  const pids = new Set([...mine, ...hostProcesses(hostPid)].map(({ pid }) => pid));
  assert.ok(pids.size >= 8, `${pids.size} processes`);
  child.kill("SIGKILL");
  await eventually("every process has gone", () => !machineProcesses().some(({ pid }) => pids.has(pid)));
  await eventually("the directory has gone", () => !existsSync(directory));
});

test("embedded: 5 MB go through a command and come back unchanged", () =>
  withEmbedded(async (host) => {
    const client = await login(host.connection);
    const data = randomBytes(5 * 1024 * 1024);
    const echoed = await exec(client, "cat; echo done >&2; exit 7", data);
    assert.ok(echoed.stdout.equals(data));
    expect([echoed.code, echoed.stderr]).toStrictEqual([7, "done\n"]);
    expect((await exec(client, "kill -TERM $$")).signal).toBe("SIGTERM");
    expect((await exec(client, "cat /proc/1/comm; hostname", "never read".repeat(100_000))).stdout.toString()).toBe(
      "sh\nlab\n",
    );
    client.end();
    await expect(login({ ...host.connection, privateKey: makeKey("ed25519").privateKey })).rejects.toThrow(
      /authentication/,
    );
  }));

test("embedded: a command ends with its channel and with its connection", () =>
  withEmbedded(async (host, root) => {
    const sleeping = () => hostProcesses(root.pid).filter(({ name }) => name === "sleep").length;
    for (const end of ["channel", "connection"] as const) {
      const client = await login(host.connection);
      client.exec("sleep 1000; yes", (_error, channel) => {
        // more than the command's pipe takes, so that the server cannot read on to the end
        channel.write(Buffer.alloc(3 * 1024 * 1024));
        channel.on("error", () => undefined);
        setTimeout(100).then(() => (end === "channel" ? channel.close() : client.destroy()), assert.fail);
      });
      await eventually("the command runs", () => sleeping() === 1);
      await eventually(`the command has ended with its ${end}`, () => sleeping() === 0);
      client.end();
    }
  }));
