import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { assertJailed, bound, inodes, startDaemon, undisturbed, until } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { useExample } from "../support/example";
import { freePort } from "../support/free-port";
import { entriesOf, walk } from "../support/jail-site";
import { writableDirectories } from "../support/writable";

const root = "/chroot/named";
const named = { uid: 1053, gid: 1053 };
const rndcKey = "aHVudGVyMiBodW50ZXIyIGh1bnRlcjIgaHVudGVyMiE=";

/** A permission script that an admin wrote by hand, command by command, but for its directory. */
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
  const example = useExample("named", {
    tools: ["named", "dig", "rndc", "named-checkconf", "named-checkzone"],
    accounts: { named },
    config: { adopt: "true" },
  });
  const ports = { dns: 0, control: 0, primary: 0 };

  beforeAll(async () => {
    for (const name of ["dns", "control", "primary"] as const) ports[name] = await freePort();
    const { host } = example;
    await host.must(`mkdir -p ${root}; cd ${root}; ${grownTree}`);
    writeFileSync(host.path(`${root}/etc/named.conf`), "brought in by hand\n");
    writeFileSync(host.path(`${root}/conf/example.com.zone`), "brought in by hand\n");
    // As if the control port of this host were the ordinary one.
    await host.replace(
      "/usr/sbin/rndc",
      (original) => `#!/bin/sh\necho "$@" >>/run/rndc\nexec ${original} -p ${ports.control} "$@"\n`,
    );
    edit("named.conf", (text) =>
      text
        .replace("port 53 { any; }", `port ${ports.dns} { 127.0.0.1; }`)
        .replace("port 953", `port ${ports.control}`)
        .replace("primaries { 192.0.2.1; }", `primaries port ${ports.primary} { 127.0.0.1; }`)
        .replace("recursion no;", "recursion no; notify no; min-refresh-time 1;"),
    );
  });

  /** Changes a file of the project. */
  function edit(name: string, change: (text: string) => string): void {
    const file = join(example.stack.directory, name);
    const [before, text] = [readFileSync(file, "utf8"), change(readFileSync(file, "utf8"))];
    assert.notEqual(text, before, `nothing to change in ${name}`);
    writeFileSync(file, text);
  }
  /** Starts named in the foreground (-f, and its log to stderr: -g), and waits until it answers. */
  const start = (argv: readonly string[], at: number) =>
    startDaemon(
      example.host,
      ["/usr/sbin/named", ...argv, "-u", "named", "-g"],
      async () => (await dig("example.com", "SOA", at)) !== "",
    );
  async function dig(name: string, type: string, at = ports.dns): Promise<string> {
    const options = ["+short", "+time=1", "+tries=1", "-p", String(at)];
    const { code, stdout } = await example.host.run(["dig", "@127.0.0.1", ...options, name, type]);
    return code === 0 ? stdout.trim() : "";
  }
  const answersRight = async () => /^192\.0\.2\.8\d$/.test(await dig("www.example.com", "A"));

  test("up gives the tree just the owners and modes that the seed's script gives a copy of it", async () => {
    const { host, stack } = example;
    await host.must("mkdir -p /srv/script; cp -a /chroot/named /srv/script");
    const script = await host.must(`cd /srv/script/named && set -e && ${seedScript}`);
    expect(script).toBe("");
    ok(await stack.up());
    const plain = (root: string) =>
      entriesOf(walk(host.path(root))).map(
        ([path, { type, uid, gid, mode }]) => `${path} ${type} ${uid}:${gid} ${mode.toString(8)}`,
      );
    const wanted = plain("/srv/script/named");
    // The script leaves one difference: GNU chmod keeps the setgid bit of a directory unless it gets five digits.
    const [left = ""] = wanted.splice(
      wanted.indexOf("lib/deep directory 0:1053 2755"),
      1,
      "lib/deep directory 0:1053 755",
    );
    expect(left).toBe("lib/deep directory 0:1053 2755");
    expect(plain("/chroot/named")).toStrictEqual(wanted);
    expect(wanted.length).toBe(18);
  });

  test("with a key for rndc the files are declared too: accepted, put in place, and linked from the host", async () => {
    const { host, stack } = example;
    ok(await stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey));
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "named.conf", "create")?.["etc/named.conf"] ?? "").toMatch(
      /^sha256:\w+.* => sha256:\w+/,
    );
    expect(shownDrift(preview, "named.conf", "create")?.["/etc/named.conf"]).toBe(
      `absent => link -> ${root}/etc/named.conf`,
    );
    const up = ok(await stack.up());
    expect(up).toContain(
      `root@127.0.0.1:${host.port}:/etc/named.conf was absent, is now link -> ${root}/etc/named.conf`,
    );
    for (const text of [preview, up, stack.stateText()]) assert.ok(!text.includes(rndcKey), "the key is a secret");
    expect(await host.must(`cd ${root} && stat -c '%n %U:%G %a' etc/* conf/*.zone && readlink /etc/named.conf`)).toBe(
      `etc/named.conf root:named 644\netc/rndc.key root:named 640\nconf/example.com.zone root:named 644\n${root}/etc/named.conf\n`,
    );
    expect(await host.must("cat /etc/named.conf")).toBe(readFileSync(join(stack.directory, "named.conf"), "utf8"));
    assert.equal((await host.sh("cat /run/rndc")).stdout, "", "there is no named yet that could be told");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("named starts with its own -t, drops root, may write where it is declared, and answers", async () => {
    const { host, stack } = example;
    await start(["-t", root, "-c", "/etc/named.conf"], ports.dns);
    expect(await dig("www.example.com", "A")).toBe("192.0.2.80");
    const serving = bound(host, "udp", ports.dns);
    expect(serving.length).toBe(1);
    assertJailed(serving[0], root, named);
    const { writable } = stack.resource("named").inputs as { writable: Record<string, string> };
    expect(writableDirectories(host, root, named)).toStrictEqual(Object.keys(writable).sort());
  });

  test("what named writes where it may is no drift", async () => {
    expect(await example.host.must(`ls ${root}/var/run`)).toMatch(/^named\.pid$/m);
    ok(await example.stack.preview("--expect-no-changes"));
  });

  test("up with nothing to do is noticed by no client and touches no inode", async () => {
    const { host, stack } = example;
    const before = inodes(host, root);
    const asked = await undisturbed(answersRight, async () => ok(await stack.up("--expect-no-changes")));
    assert.ok(asked > 10, `only ${asked} requests`);
    expect(inodes(host, root)).toStrictEqual(before);
    expect((await host.sh("cat /run/rndc")).stdout).toBe("");
  });

  test("a configuration that named would not take fails up, and named answers as before", async () => {
    const { host, stack } = example;
    const before = inodes(host, root);
    edit("named.conf", (text) => `${text}zone "example.net" { type primary };\n`);
    const up = failed(await stack.up());
    expect(up).toMatch(
      /etc\/named\.conf: cannot be put in place: named-checkconf -t \/chroot\/named \/etc\/named\.conf refuses it/,
    );
    expect(up).toMatch(/missing ';' before '}'/);
    edit("named.conf", (text) => text.replace(/zone "example\.net".*\n/, ""));
    // The jail's root is where the file was made, and is not any more.
    const [rootBefore, ...filesBefore] = before;
    const [rootNow, ...files] = inodes(host, root);
    expect(files).toStrictEqual(filesBefore);
    expect(rootNow?.split(" ")[1]).toBe(rootBefore?.split(" ")[1]);
    assert.ok(await answersRight());
    ok(await stack.preview("--expect-no-changes"));
  });

  test("what is changed in the program counts at once, and no client notices but by the answer", async () => {
    const { host, stack } = example;
    const [before] = bound(host, "udp", ports.dns);
    edit("example.com.zone", (text) => text.replace("hostmaster 1 ", "hostmaster 2 ").replace("2.80", "2.81"));
    edit("named.conf", (text) => text.replace("recursion no;", 'recursion no; version "none";'));
    await undisturbed(answersRight, async () => ok(await stack.up()));
    await until("named has the new zone", async () => (await dig("www.example.com", "A")) === "192.0.2.81");
    const { stdout } = await host.run([
      "dig",
      "@127.0.0.1",
      "-p",
      `${ports.dns}`,
      "+short",
      "CH",
      "TXT",
      "version.bind",
    ]);
    expect(stdout).toBe('"none"\n');
    expect(await host.must("cat /run/rndc")).toMatch(new RegExp(`^(-k ${root}/etc/rndc.key reload\n){1,2}$`));
    assert.equal(bound(host, "udp", ports.dns)[0]?.pid, before?.pid, "it is the same process");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a file that was changed on the host is shown, and comes back with a reload", async () => {
    const { host, stack } = example;
    await host.must(`rm /run/rndc; sed -i s/192.0.2.81/192.0.2.66/ ${root}/conf/example.com.zone`);
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "example.com.zone")?.["conf/example.com.zone"] ?? "").toMatch(
      /^sha256:\w+.* => sha256:\w+/,
    );
    expect(preview).toMatch(/the zone that this server is the master of/);
    ok(await stack.up());
    expect(await host.must("cat /run/rndc")).toBe(`-k ${root}/etc/rndc.key reload\n`);
    expect(await dig("www.example.com", "A")).toBe("192.0.2.81");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a permission that would keep named from its PID file is shown with its rule, and repaired", async () => {
    const { host, stack } = example;
    await host.must("chmod 0755 /chroot/named/var/run");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "var/run")).toStrictEqual({ "var/run": "0755 => 0775, LOOSER" });
    expect(preview).toMatch(/anybody may read the PID, to see whether named runs/);
    ok(await stack.up());
    expect(await host.must("stat -c '%U:%G %a' /chroot/named/var/run")).toBe("root:named 775\n");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("a zone that named receives is shown when its mode is not as declared, and replaced after the repair", async () => {
    const { host, stack } = example;
    await host.must("mkdir -p /srv/primary; chown named: /srv/primary");
    const file = `${root}/conf/secondaries/example.org.zone`;
    const serve = async (serial: number, address: string) => {
      writeFileSync(host.path("/srv/primary/zone"), zone(address, serial));
      if (serial === 1) await start(["-c", "/srv/primary/named.conf"], ports.primary);
      else await host.must("kill -HUP $(cat /srv/primary/pid)");
      await host.must(`rndc -k ${root}/etc/rndc.key refresh example.org`);
      await until(`named has serial ${serial}`, async () => (await dig("www.example.org", "A")) === address);
      await until(`it is stored`, async () => (await host.sh(`grep -q ${address} ${file}`)).code === 0);
    };
    writeFileSync(host.path("/srv/primary/named.conf"), primary(ports.primary));
    await serve(1, "192.0.2.1");
    expect(await host.must(`stat -c '%U:%G %a' ${file}`)).toBe("named:named 644\n");
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "secondaries")).toStrictEqual({
      "conf/secondaries/example.org.zone": "named:named 0644 => named:named 0440",
    });
    ok(await stack.up());
    expect(await host.must(`stat -c '%U:%G %a' ${file}`)).toBe("named:named 440\n");
    await serve(2, "192.0.2.2");
  });

  test("a new key for rndc counts when named is started again; until then a change is taken back", async () => {
    const { host, stack } = example;
    ok(await stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey.replace(/^a/, "b")));
    ok(await stack.up());
    edit("example.com.zone", (text) => text.replace("hostmaster 2 ", "hostmaster 3 ").replace("2.81", "2.82"));
    const before = await host.must(`cat ${root}/conf/example.com.zone`);
    expect(failed(await stack.up())).toMatch(/: sh -c .* has failed: .*the file is as it was before/s);
    expect(await host.must(`cat ${root}/conf/example.com.zone`)).toBe(before);
    expect(await dig("www.example.com", "A")).toBe("192.0.2.81");
    await host.must(`kill $(cat ${root}/var/run/named.pid)`);
    await until("named has ended", () => bound(host, "udp", ports.dns).length === 0);
    await start(["-t", root, "-c", "/etc/named.conf"], ports.dns);
    ok(await stack.up());
    await until("named has the new zone", async () => (await dig("www.example.com", "A")) === "192.0.2.82");
    ok(await stack.preview("--expect-no-changes"));
  });
});

function primary(at: number): string {
  return `options {
  directory "/srv/primary"; pid-file "/srv/primary/pid"; session-keyfile "/srv/primary/key"; lock-file none;
  listen-on port ${at} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; allow-transfer { 127.0.0.1; }; notify no;
};
controls { };
zone "example.com" { type primary; file "zone"; };
zone "example.org" { type primary; file "zone"; };
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
