import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { failed, ok, shownDrift } from "../support/e2e";
import { entriesOf, walk } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";
import { type Stack, startStack } from "../support/stack";

const example = join(__dirname, "..", "..", "..", "examples", "named");
const named = { uid: 1053, gid: 1053 };

/** The permission script of the seed (shared/seeds/chroot-practices.txt), command by command, but for its directory. */
const seedScript = `
# by default, root owns /everything/ and only root can write
# but directories have to be executable too.
chown -R root.named .
find . -print | xargs chmod u=rw,og=r # *all* files
find . -type d -print | xargs chmod u=rwx,og=rx # directories
# the "secondaries" directory is where we park files from
# master nameservers, and named needs to be able to update
# these files and create new ones.
find conf/secondaries -type f -print | xargs chown named.named
find conf/secondaries -type f -print | xargs chmod ug=r,o=
chown root.named conf/secondaries
chmod ug=rwx,o= conf/secondaries
# the var/run business is for the PID file
chown root.root var
chmod u=rwx,og=x var
chown root.named var/run
chmod ug=rwx,o=rx var/run
`;

/** A jail as years of work by hand leave it. */
const grownTree = `
mkdir -p etc conf/secondaries conf/keys var/run var/log lib/deep/er
echo secret >conf/keys/tsig; chmod 4666 conf/keys/tsig
echo old >conf/secondaries/old.zone; chown named:named conf/secondaries/old.zone; chmod 0664 conf/secondaries/old.zone
echo mine >conf/secondaries/mine.zone
: >lib/deep/er/so; chmod 0755 lib/deep/er/so; chmod 2777 lib/deep; chmod 1777 var/log; chown -R named:named var
: >var/log/queries; chmod 0600 var/log/queries; chmod 0700 .
`;

describe("named in the jail of examples/named", () => {
  let host: LabHost;
  let stack: Stack;
  const daemons: ChildProcess[] = [];
  let [port, primaryPort] = [0, 0];

  before(async () => {
    host = await startHost({ accounts: { named } });
    [port, primaryPort] = [await freePort(), await freePort()];
    await host.must(`mkdir -p /chroot/named; cd /chroot/named; ${grownTree}`);
    writeFileSync(host.path("/chroot/named/etc/named.conf"), configuration(port, primaryPort));
    writeFileSync(host.path("/chroot/named/conf/example.zone"), zone("192.0.2.53"));
    stack = await startStack({ project: "named" });
    for (const name of ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts"])
      copyFileSync(join(example, name), join(stack.directory, name));
    // As a user has it: the key in ~/.ssh, the host's in known_hosts, nothing in the configuration.
    const ssh = join(stack.directory, "home", ".ssh");
    mkdirSync(ssh, { mode: 0o700 });
    writeFileSync(join(ssh, "id_ed25519"), host.privateKey, { mode: 0o600 });
    writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    const values = { host: "127.0.0.1", port: `"${host.port}"`, adopt: '"true"' };
    const lines = Object.entries(values).map(([key, value]) => `  named:${key}: ${value}\n`);
    appendFileSync(join(stack.directory, "Pulumi.dev.yaml"), `config:\n${lines.join("")}`);
  });
  after(async () => {
    stack.remove();
    for (const daemon of daemons) await host.kill(daemon);
    await host.close();
  });

  /** Starts named in the host, in the foreground (-f, and its log to stderr: -g), and waits until it answers. */
  async function start(argv: readonly string[], at: number): Promise<string[]> {
    const log: string[] = [];
    const daemon = host.spawn(["/usr/sbin/named", ...argv, "-u", "named", "-g"]);
    daemons.push(daemon);
    for (const stream of [daemon.stdout, daemon.stderr]) stream?.on("data", (data) => log.push(String(data)));
    for (const begun = Date.now(); (await dig(at, "example.test", "SOA")) === ""; await setTimeout(50))
      assert.ok(Date.now() - begun < 10_000 && daemon.exitCode === null, `named does not answer:\n${log.join("")}`);
    return log;
  }
  async function dig(at: number, name: string, type: string): Promise<string> {
    const options = ["+short", "+time=1", "+tries=1", "-p", String(at)];
    const { code, stdout } = await host.run(["dig", "@127.0.0.1", ...options, name, type]);
    return code === 0 ? stdout.trim() : "";
  }

  test("up gives the tree just the owners and modes that the seed's script gives a copy of it", async () => {
    await host.must("mkdir -p /srv/script; cp -a /chroot/named /srv/script");
    const script = await host.must(`cd /srv/script/named && set -e && ${seedScript}`);
    assert.equal(script, "");
    ok(await stack.up());
    const plain = (root: string) =>
      entriesOf(walk(host.path(root))).map(
        ([path, { type, uid, gid, mode }]) => `${path} ${type} ${uid}:${gid} ${mode.toString(8)}`,
      );
    const wanted = plain("/srv/script/named");
    // What the script leaves: GNU chmod keeps the setgid bit of a directory unless it gets five digits.
    const [left = ""] = wanted.splice(
      wanted.indexOf("lib/deep directory 0:1053 2755"),
      1,
      "lib/deep directory 0:1053 755",
    );
    assert.equal(left, "lib/deep directory 0:1053 2755");
    assert.deepEqual(plain("/chroot/named"), wanted);
    assert.equal(wanted.length, 18);
  });

  test("named starts with its own -t, drops root, and answers", async () => {
    await start(["-t", "/chroot/named", "-c", "/etc/named.conf"], port);
    assert.equal(await dig(port, "www.example.test", "A"), "192.0.2.53");
    const pid = (await host.must("cat /chroot/named/var/run/named.pid")).trim();
    assert.match(
      await host.must(`grep ^Uid: /proc/${pid}/status; readlink /proc/${pid}/root`),
      /1053.*\n\/chroot\/named\n/,
    );
  });

  test("what named writes where it may is no drift", async () => {
    const written = await host.must("ls /chroot/named/var/run");
    assert.match(written, /^named\.pid$/m);
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a permission that would keep named from its PID file is shown with its rule, and repaired", async () => {
    await host.must("chmod 0755 /chroot/named/var/run");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    assert.deepEqual(shownDrift(preview, "var/run"), { "var/run": "0755 => 0775, LOOSER" });
    assert.match(preview, /anybody may read the PID, to see whether named runs/);
    ok(await stack.up());
    assert.equal(await host.must("stat -c '%U:%G %a' /chroot/named/var/run"), "root:named 775\n");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a zone that named receives is shown when its mode is not as declared, and replaced after the repair", async () => {
    await host.must("mkdir -p /srv/primary; chown named: /srv/primary");
    const file = "/chroot/named/conf/secondaries/moved.zone";
    const serve = async (serial: number, address: string) => {
      writeFileSync(host.path("/srv/primary/zone"), zone(address, serial));
      if (serial === 1) await start(["-c", "/srv/primary/named.conf"], primaryPort);
      else await host.must("kill -HUP $(cat /srv/primary/pid)");
      await host.must("kill -HUP $(cat /chroot/named/var/run/named.pid)");
      for (const begun = Date.now(); (await dig(port, "www.moved.test", "A")) !== address; await setTimeout(100))
        assert.ok(Date.now() - begun < 15_000, `named has not received serial ${serial}`);
      for (const begun = Date.now(); (await host.sh(`grep -q ${address} ${file}`)).code !== 0; await setTimeout(100))
        assert.ok(Date.now() - begun < 15_000, `named has not stored serial ${serial}`);
    };
    writeFileSync(host.path("/srv/primary/named.conf"), primary(primaryPort));
    await serve(1, "192.0.2.1");
    assert.equal(await host.must(`stat -c '%U:%G %a' ${file}`), "named:named 644\n");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    assert.deepEqual(shownDrift(preview, "secondaries"), {
      "conf/secondaries/moved.zone": "named:named 0644 => named:named 0440",
    });
    ok(await stack.up());
    assert.equal(await host.must(`stat -c '%U:%G %a' ${file}`), "named:named 440\n");
    await serve(2, "192.0.2.2");
  });
});

/** named wants a working directory that it may write. */
function configuration(at: number, primaryAt: number): string {
  return `options {
  directory "/conf/secondaries"; pid-file "/var/run/named.pid"; session-keyfile "/var/run/session.key"; lock-file none;
  listen-on port ${at} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; masterfile-format text; notify no; min-refresh-time 1;
};
controls { };
zone "example.test" { type primary; file "/conf/example.zone"; };
zone "moved.test" { type secondary; file "moved.zone"; primaries port ${primaryAt} { 127.0.0.1; }; };
`;
}

function primary(at: number): string {
  return `options {
  directory "/srv/primary"; pid-file "/srv/primary/pid"; session-keyfile "/srv/primary/key"; lock-file none;
  listen-on port ${at} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; allow-transfer { 127.0.0.1; }; notify no;
};
controls { };
zone "example.test" { type primary; file "zone"; };
zone "moved.test" { type primary; file "zone"; };
`;
}

function zone(address: string, serial = 1): string {
  return `$TTL 60
@ IN SOA ns hostmaster ${serial} 1 1 3600 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A ${address}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
