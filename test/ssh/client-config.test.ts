import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import type { Connection } from "../../provider/model/connection";
import { hostConfig } from "../../provider/ssh/client-config";
import { type Hop, located, routeOf } from "../../provider/ssh/route";

const folder = mkdtempSync(join(tmpdir(), "chroot-config-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "config");
const write = (text: string, name = "config") => writeFileSync(join(folder, name), text, { mode: 0o600 });

/** What OpenSSH's own client makes of it. */
function asked(host: string, keywords: readonly string[]): Record<string, string[]> {
  const printed = execFileSync("ssh", ["-G", "-F", file, "-l", "me", host], { encoding: "utf8", stdio: "pipe" });
  const lines = printed
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
  return Object.fromEntries(
    keywords.map((keyword) => [keyword, lines.filter(([name]) => name === keyword).map(([, value = ""]) => value)]),
  );
}

function routeFor(connection: Connection): Hop[] {
  return [...routeOf(connection, [file])];
}
const hopFor = (text: string, connection: Partial<Connection> = {}) => {
  write(text);
  const hop = routeFor({ host: "ns1", ...connection }).at(-1);
  assert.ok(hop);
  return hop;
};

describe("the SSH client's configuration", () => {
  test("is followed as ssh follows it", () => {
    const pattern = fc.constantFrom("ns1", "ns?", "*", "!ns1", "n*1", "gw", "*.example.com", "10.0.0.1");
    const directive = fc.constantFrom(
      "HostName 10.0.0.1",
      "hostname=%h.example.com",
      "Port 2222",
      "Port 23",
      'HostKeyAlias "an alias"',
      "HostKeyAlias other",
      "IdentityFile /keys/one",
      "IdentityFile /keys/two",
      "ProxyJump gw",
      "ProxyJump none",
      "ConnectTimeout 7",
      "ServerAliveInterval 9",
    );
    const head = fc.oneof(
      fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(" ")}`),
      fc
        .array(
          fc.oneof(
            fc.tuple(fc.constantFrom("", "!"), fc.constantFrom("host", "originalhost", "user"), pattern).map((all) => {
              const [not, name, value] = all;
              return `${not}${name} ${value.replace("!", "")},x`;
            }),
            fc.constantFrom("user me", "!user me", 'exec "true"', 'exec "test %h = ns1"', "!exec false", "final"),
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((criteria) => `Match ${criteria.join(" ")}`),
      fc.constant("Match all"),
    );
    const block = fc.tuple(head, fc.array(directive, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]);
    const config = fc
      .tuple(fc.array(directive, { maxLength: 2 }), fc.array(block, { maxLength: 4 }))
      .map(([top, blocks]) => [...top, ...blocks.flat()].join("\n"));
    fc.assert(
      fc.property(config, fc.constantFrom("ns1", "ns2", "web"), (text, host) => {
        write(text);
        const hop = routeFor({ host, user: "me", proxy: [] }).at(-1);
        const theirs = asked(host, ["hostname", "port", "hostkeyalias", "identityfile", "proxyjump"]);
        const ours = hostConfig({ host, user: "me" }, [file]);
        assert.equal(hop?.address, theirs["hostname"]?.[0], text);
        assert.equal(String(hop?.server.port), theirs["port"]?.[0], text);
        assert.deepEqual(ours.get("hostkeyalias") ?? [], theirs["hostkeyalias"], text);
        if (ours.has("identityfile")) assert.deepEqual(ours.get("identityfile"), theirs["identityfile"], text);
        assert.equal(ours.get("proxyjump")?.[0] ?? "none", theirs["proxyjump"]?.[0] ?? "none", text);
      }),
      { numRuns: 150 },
    );
  });

  test("counts where the program says nothing", () => {
    const text = `Host ns1
      HostName 192.0.2.1
      User admin
      Port 2222
      IdentityFile ~/.ssh/%n-%r-%p-%h
      IdentitiesOnly yes
      UserKnownHostsFile /known/%h /known/more
      GlobalKnownHostsFile none
      ConnectTimeout 30
      ServerAliveInterval 5
      ServerAliveCountMax 2`;
    const hop = hopFor(text);
    assert.deepEqual([hop.address, hop.server.user, hop.server.port, hop.limit], ["192.0.2.1", "admin", 2222, 30_000]);
    assert.deepEqual(hop.identityFiles, [`${process.env["HOME"]}/.ssh/ns1-admin-2222-192.0.2.1`]);
    assert.ok(hop.identitiesOnly);
    assert.deepEqual([hop.knownAs, hop.knownHostsFiles], ["[192.0.2.1]:2222", ["/known/192.0.2.1", "/known/more"]]);
    assert.deepEqual(hop.alive, { interval: 5000, count: 2 });
    const stated = hopFor(text, { user: "root", port: 22, perDialTimeout: 3, knownHostsFile: "/mine" });
    assert.deepEqual([stated.server.user, stated.server.port, stated.limit], ["root", 22, 3000]);
    assert.deepEqual([stated.knownAs, stated.knownHostsFiles], ["192.0.2.1", ["/mine"]]);
    assert.equal(hopFor(text, { sshConfig: false }).address, "ns1");
  });

  test("leads over its jump hosts, and those over theirs", () => {
    write(`Host inner
      ProxyJump me@middle:2200
      Host middle
      ProxyJump outer, ssh://you@[2001:db8::1]:99
      User nobody
      Host outer
      HostName 192.0.2.9
      User gate`);
    const way = (connection: Connection) =>
      routeFor(connection).map(({ address, server }) => `${server.user}@${address}:${server.port}`);
    const middle = ["gate@192.0.2.9:22", "you@2001:db8::1:99", "me@middle:2200"];
    assert.deepEqual(way({ host: "inner" }), [...middle, "root@inner:22"]);
    assert.deepEqual(way({ host: "inner", proxy: { host: "outer" } }), ["gate@192.0.2.9:22", "root@inner:22"]);
    // As with ssh -J: those behind the first one are reached from it.
    const list = [{ host: "outer" }, { host: "middle", user: "two" }];
    assert.deepEqual(way({ host: "x", proxy: list }), ["gate@192.0.2.9:22", "two@middle:22", "root@x:22"]);
    write("Host *\nProxyJump gw");
    assert.throws(() => routeFor({ host: "a" }), /jump hosts on the way to gw lead to each other/);
  });

  test("includes other files, also by pattern and from within a block", () => {
    mkdirSync(join(folder, "config.d"));
    write("Port 1\n", "config.d/20-b");
    write("Host ns1\nPort 2\nHost other\nPort 3\n", "config.d/10-a");
    write("User x\n", "config.d/.hidden");
    assert.equal(hopFor("Include config.d/*").server.port, 2);
    assert.equal(hopFor("Include config.d/*", { host: "web" }).server.port, 1);
    assert.equal(hopFor('Host web\nInclude "config.d/20-b" absent').server.port, 22);
    assert.equal(hopFor(`Include ${file}.self`, {}).server.port, 22);
    write(`Include ${file}.self`, "config.self");
    assert.throws(() => hopFor(`Include ${file}.self`), /includes itself/);
  });

  for (const [text, why] of [
    ["ProxyCommand ssh -W %h:%p gw", /proxycommand .*not supported: use ProxyJump or connection.proxy/],
    ["KnownHostsCommand /bin/x", /knownhostscommand/],
    ["RevokedHostKeys /x", /revokedhostkeys.*@revoked/],
    ["CertificateFile ~/x", /certificatefile.*plain key/],
    ["CanonicalizeHostname always", /canonicalizehostname/],
    ["Match tagged x\nPort 2", /Match tagged cannot be told here/],
    ["Ciphers none-of-ours", /of Ciphers none-of-ours none is known here: allow one of aes128-gcm/],
    ["Port x", /Port x is not a number/],
    ["ProxyJump a b@c@d:e", /ProxyJump/],
    ["HostName %x", /token %x/],
    ["HostName", /has a line that is none of ssh_config/],
  ] as const)
    test(`is refused where it asks for what is not followed: ${text.split("\n")[0]}`, () => {
      write(text);
      assert.throws(
        () => routeFor({ host: "ns1" }),
        (error: Error) => why.test(error.message) && /root@ns1.*\n.*sshConfig to false/s.test(error.message),
      );
      assert.equal(routeOf({ host: "ns1", sshConfig: false }, [file]).length, 1);
    });

  test("changes nothing by keywords that only change comfort, nor by those that would trust more", () => {
    const text = "ForwardAgent yes\nCompression yes\nStrictHostKeyChecking no\nUnheardOf x\nProxyCommand none";
    assert.deepEqual(hopFor(text), hopFor(""));
  });

  test("narrows what is offered, as a distribution's policy does", () => {
    const { cipher, hmac, kex, serverHostKey } = hopFor(`Match final all
      Ciphers aes256-gcm@openssh.com,unknown,aes256-ctr
      MACs -*sha1*
      KexAlgorithms ^ecdh-sha2-nistp521
      HostKeyAlgorithms +ssh-rsa`).algorithms;
    assert.deepEqual(cipher, ["aes256-gcm@openssh.com", "aes256-ctr"]);
    assert.ok(!hmac.some((one) => one.includes("sha1")) && hmac.length === 4);
    assert.equal(kex[0], "ecdh-sha2-nistp521");
    assert.equal(serverHostKey.at(-1), "ssh-rsa");
  });

  test("of others, or that others may write in, is refused", () => {
    process.env["HOME"] = folder;
    mkdirSync(join(folder, ".ssh"));
    const own = join(folder, ".ssh", "config");
    writeFileSync(own, "User admin\n", { mode: 0o600 });
    assert.equal(routeOf({ host: "h" })[0]?.server.user, "admin");
    assert.equal(located({ host: "h" }).user, "admin");
    chmodSync(own, 0o620);
    assert.throws(() => routeOf({ host: "h" }), /others may write in it/);
  });
});
