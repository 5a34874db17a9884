import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { type Connection, connectionArgs } from "../../provider/model/connection";
import { aliases, keywordOf, keywords } from "../../provider/ssh/config-keywords";
import { identityFor } from "../../provider/ssh/identity";
import { findRoute, type Hop, userAndPort } from "../../provider/ssh/route";
import { perl } from "../support/perl";

const folder = mkdtempSync(join(tmpdir(), "chroot-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "config");
const write = (text: string, name = "config") => writeFileSync(join(folder, name), text, { mode: 0o600 });

const files = [{ path: file, folder, isChecked: true }];

function routeFor(connection: Connection): Hop[] {
  return [...findRoute(connection, files)];
}
const hopFor = (text: string, connection: Partial<Connection> = {}) => {
  write(text);
  const hop = routeFor({ host: "ns1", ...connection }).at(-1);
  assert.ok(hop);
  return hop;
};

describe("the SSH client's configuration", () => {
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
    expect([hop.address, hop.server.user, hop.server.port, hop.limit]).toStrictEqual([
      "192.0.2.1",
      "admin",
      2222,
      30_000,
    ]);
    expect(hop.identityFiles).toStrictEqual([`${process.env["HOME"]}/.ssh/ns1-admin-2222-192.0.2.1`]);
    assert.ok(hop.identitiesOnly);
    expect([hop.knownAs, hop.knownHostsFiles]).toStrictEqual(["[192.0.2.1]:2222", ["/known/192.0.2.1", "/known/more"]]);
    expect(hop.alive).toStrictEqual({ interval: 5000, count: 2 });
    const stated = hopFor(text, { user: "root", port: 22, perDialTimeout: 3, knownHostsFile: "/mine" });
    expect([stated.server.user, stated.server.port, stated.limit]).toStrictEqual(["root", 22, 3000]);
    expect([stated.knownAs, stated.knownHostsFiles]).toStrictEqual(["192.0.2.1", ["/mine"]]);
    expect(hopFor(text, { sshConfig: false }).address).toBe("ns1");
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
    expect(way({ host: "inner" })).toStrictEqual([...middle, "root@inner:22"]);
    expect(way({ host: "inner", proxy: { host: "outer" } })).toStrictEqual(["gate@192.0.2.9:22", "root@inner:22"]);
    // As with ssh -J: those behind the first one are reached from it.
    const list = [{ host: "outer" }, { host: "middle", user: "two" }];
    expect(way({ host: "x", proxy: list })).toStrictEqual(["gate@192.0.2.9:22", "two@middle:22", "root@x:22"]);
    write("Host *\nProxyJump gw");
    expect(() => routeFor({ host: "a" })).toThrow(/jump hosts on the way to gw lead to each other/);
  });

  test("includes other files: by pattern, from within a block, relative to ~/.ssh also in included ones", () => {
    mkdirSync(join(folder, "config.d"));
    write("Port 1\n", "config.d/20-b");
    write("Host ns1\nPort 2\nHost other\nPort 3\n", "config.d/10-a");
    write("User x\n", "config.d/.hidden");
    write("Include inner/*\n", "config.d/30-c");
    mkdirSync(join(folder, "inner"));
    write("Host deep\nPort 4\n", "inner/x");
    expect(hopFor("Include config.d/*").server.port).toBe(2);
    expect(hopFor("Include config.d/*", { host: "web" }).server.port).toBe(1);
    expect(hopFor("Include config.d/[12]0-[!b]", { host: "web" }).server.port).toBe(22);
    expect(hopFor("Include config.d/[12]0-[!b]").server.port).toBe(2);
    expect(hopFor("Include config.d/3*", { host: "deep" }).server.port).toBe(4);
    expect(hopFor('Host web\nInclude "config.d/20-b" absent').server.port).toBe(22);
    expect(hopFor(`Include ${file}.self`, {}).server.port).toBe(22);
    write(`Include ${file}.self`, "config.self");
    expect(() => hopFor(`Include ${file}.self`)).toThrow(/includes itself/);
    // As ssh, which reads nothing from a directory.
    mkdirSync(join(folder, "config.d/15-more"));
    expect(hopFor("Include config.d/*").server.port).toBe(2);
    perl("use POSIX; POSIX::mkfifo($ARGV[0], 0600) or die", join(folder, "fifo"));
    expect(() => hopFor("Include fifo")).toThrow(/fifo: it is a FIFO, not a file/);
    write("RevokedHostKeys /x\n", "config.d/[odd]");
    expect(() => hopFor("Include config.d/\\[odd\\]")).toThrow(/RevokedHostKeys/);
    chmodSync(join(folder, "config.d/20-b"), 0o602);
    expect(() => hopFor("Include config.d/20-*")).toThrow(
      /20-b: it belongs to another user, or other users may write in it/,
    );
  });

  test("may name key files that cannot be read: the others are offered, and each is told", async () => {
    perl("use POSIX; POSIX::mkfifo($ARGV[0], 0600) or die", join(folder, "pipe"));
    const identity = identityFor(hopFor(`IdentityAgent none\nIdentityFile ${folder}/pipe\nIdentityFile ${folder}`));
    assert.ok("ring" in identity && identity.ring);
    const { ring } = identity;
    await new Promise<void>((resolve) => ring.getIdentities(() => resolve()));
    expect(ring.notes.map(({ why }) => why.replace(folder, ""))).toStrictEqual([
      "/pipe is a FIFO, not a file",
      " cannot be used: it is empty",
    ]);
  });

  test("has criteria of newer versions of ssh, and one that cannot be told is an error only where it decides", () => {
    const port = (text: string) => hopFor(`${text}\nPort 2`).server.port;
    expect(port("Tag a\nMatch tagged a,b")).toBe(2);
    expect(port("Match tagged x")).toBe(22);
    expect(port("Match localnetwork 127.0.0.0/8")).toBe(2);
    expect(port("Match localnetwork 240.0.0.0/4,2001:db8::/32")).toBe(22);
    expect(port("Match sessiontype exec")).toBe(2);
    expect(port("Match version OpenSSH_*")).toBe(2);
    expect(port("Match version OpenSSH_0.*")).toBe(22);
    expect(port("Match host=ns1 user=root")).toBe(2);
    expect(port("Match future x host other")).toBe(22);
    expect(port("Match host other future x")).toBe(22);
    expect(() => port("Match future x")).toThrow(/config:1: Match future cannot be evaluated here/);
    expect(() => port("Match exec 'kill -9 $$'")).toThrow(/Match exec kill -9 \$\$ did not end by itself/);
    expect(() => port("Match host")).toThrow(/Match host has no value/);
  });

  test("is not asked for names that its commands would run", () => {
    const ran = join(folder, "ran");
    write(`Match exec "echo %h %n %r"\nHost x\n ProxyJump a;touch-${ran}`);
    for (const host of [`x;touch ${ran}`, "`id`", "$(id)", "-oProxyCommand=x", "a b", "a\nb"])
      assert.ok(connectionArgs.safeParse({ host }).error?.message.includes("characters in it"), host);
    assert.ok(connectionArgs.safeParse({ host: "h", user: "a;b" }).error);
    expect(() => routeFor({ host: "x" })).toThrow(/ProxyJump a;touch.* is not \[user@\]host\[:port\]/);
    expect(() => routeFor({ host: `y;touch ${ran}` })).toThrow(/a name on the way has characters in it/);
    expect(existsSync(ran)).toBe(false);
    for (const host of ["ns1.example.com", "192.0.2.1", "fe80::1%eth0", "::1", "xn--bcher-kva.example", "a_b"])
      assert.ok(connectionArgs.safeParse({ host }).success, host);
  });

  for (const [host, meant] of [
    ["h:22", 'host: "h", port: 22'],
    ["root@h", 'host: "h", user: "root"'],
    ["root@h:2222", 'host: "h", port: 2222, user: "root"'],
    ["[::1]", 'host: "::1"'],
    ["[::1]:22", 'host: "::1", port: 22'],
    ["me@::1", 'host: "::1", user: "me"'],
    ["ssh://me@h:22/", 'host: "h", port: 22, user: "me"'],
  ] as const)
    test(`is not needed to tell the parts of ${host}`, () => {
      const { error } = connectionArgs.safeParse({ host, proxy: { host } });
      expect(error?.issues.map(({ path, message }) => [path.join("."), message])).toStrictEqual([
        ["host", `is more than a name: write ${meant}`],
        ["proxy.host", `is more than a name: write ${meant}`],
      ]);
    });

  test("says where connections come from", () => {
    expect(hopFor("AddressFamily inet\nBindAddress 127.0.0.2").source).toStrictEqual({
      family: 4,
      address: "127.0.0.2",
    });
    expect(hopFor("BindInterface lo\nAddressFamily inet").source).toStrictEqual({ family: 4, address: "127.0.0.1" });
    expect(() => hopFor("BindInterface none0")).toThrow(/BindInterface none0 has no address/);
    expect(() => hopFor("BindAddress some-name")).toThrow(/BindAddress some-name is not an address/);
    expect(() => hopFor("AddressFamily x")).toThrow(/AddressFamily x must be any, inet or inet6/);
  });

  test("has words, quotes, tokens and variables as ssh has them", () => {
    process.env["CHROOT_KEYS"] = "/a%h";
    const hop = hopFor(`IdentityFile ~/with\\ space # a comment
      IdentityFile "/with 'both' \\"quotes\\""
      IdentityFile \${CHROOT_KEYS}/%n
      Port=2222`);
    expect(hop.identityFiles).toStrictEqual([`${homedir()}/with space`, `/with 'both' "quotes"`, "/a%h/ns1"]);
    expect(hop.server.port).toBe(2222);
    expect(hopFor("", { agentSocketPath: "~/agent" }).agent).toBe(`${homedir()}/agent`);
    expect(hopFor("IdentityFile ~root/key").identityFiles[0]).toBe("/root/key");
    expect(() => hopFor(`IdentityFile \${NO_SUCH_VARIABLE}`)).toThrow(/environment has no NO_SUCH_VARIABLE/);
    expect(() => hopFor('IdentityFile "/open')).toThrow(/config:1: there is a quote that does not end/);
    expect([hopFor("", { host: "fe80::0:1%eth0" }).address]).toStrictEqual(["fe80::1%eth0"]);
  });

  for (const [text, why] of [
    ["proxycommand ssh -W %h:%p gw", /has ProxyCommand for it .*not supported: use ProxyJump or connection.proxy/],
    ["KnownHostsCommand /bin/x", /has KnownHostsCommand for it/],
    ["RevokedHostKeys /x", /RevokedHostKeys.*@revoked/],
    ["CertificateFile ~/x", /CertificateFile.*plain key/],
    ["CanonicalizeHostname always", /CanonicalizeHostname/],
    ["Match unheardof x\nPort 2", /Match unheardof cannot be evaluated here/],
    ["RefuseConnection go over the gateway", /go over the gateway.*there to keep this host from being reached/],
    ["SmartcardDevice /lib/x", /PKCS11Provider/],
    ["UnheardOf x", /config:1: UnheardOf is not known here.*IgnoreUnknown/],
    ["port 22 23", /config:1: Port has more than one value/],
    ["RequiredRSASize big", /RequiredRSASize big is not a number/],
    ["Ciphers none-of-ours", /of Ciphers none-of-ours none is known here: allow one of aes128-gcm/],
    ["Port x", /Port x is not a number/],
    ["ProxyJump a b@c@d:e", /ProxyJump/],
    ["HostName %x", /token %x/],
    ["HostName", /config:1: is no line of ssh_config/],
  ] as const)
    test(`is refused where it asks for what is not followed: ${text.split("\n")[0]}`, () => {
      write(text);
      assert.throws(
        () => routeFor({ host: "ns1" }),
        (error: Error) => why.test(error.message) && /root@ns1.*\n.*sshConfig to false/s.test(error.message),
      );
      expect(findRoute({ host: "ns1", sshConfig: false }, files).length).toBe(1);
    });

  test("changes nothing by keywords that only change comfort, nor by those that would trust more", () => {
    const text =
      "ForwardAgent yes\nCompression yes\nStrictHostKeyChecking no\nIgnoreUnknown Un*\nUnheardOf x\nProxyCommand none\nUseKeychain yes";
    expect(hopFor(text)).toStrictEqual(hopFor(""));
  });

  test("narrows what is offered, as a distribution's policy does", () => {
    const { cipher, hmac, kex, serverHostKey } = hopFor(`Match final all
      Ciphers aes256-gcm@openssh.com,unknown,aes256-ctr
      MACs -*sha1*
      KexAlgorithms ^ecdh-sha2-nistp521
      HostKeyAlgorithms +ssh-rsa`).algorithms;
    expect(cipher).toStrictEqual(["aes256-gcm@openssh.com", "aes256-ctr"]);
    assert.ok(!hmac.some((one) => one.includes("sha1")) && hmac.length === 4);
    expect(kex[0]).toBe("ecdh-sha2-nistp521");
    expect(serverHostKey.at(-1)).toBe("ssh-rsa");
  });

  test("has a decision for each keyword of the installed ssh, of its manual, and of those that were added since", () => {
    const printed = execFileSync("ssh", ["-G", "-F", "none", "h"], { encoding: "utf8", stdio: "pipe" });
    const manual = execFileSync("sh", ["-c", "MANWIDTH=300 man ssh_config 2>/dev/null | col -b"], { encoding: "utf8" });
    const documented = [...manual.matchAll(/^ {5}([A-Z][A-Za-z0-9]+)(?: {2,}.*|)$/gm)].map(([, name = ""]) => name);
    const names = [...printed.matchAll(/^(\w+) /gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(70);
    const later = [
      "Tag",
      "ChannelTimeout",
      "ObscureKeystrokeTiming",
      "RefuseConnection",
      "VersionAddendum",
      "WarnWeakCrypto",
    ];
    expect(names.filter((name) => !keywordOf(name))).toStrictEqual([]);
    expect([...documented, ...later].filter((name) => keywordOf(name)?.spelling !== name)).toStrictEqual([]);
    expect(Object.values(aliases).filter((name) => !Object.hasOwn(keywords, name))).toStrictEqual([]);
    // Each that is honoured is read by name somewhere.
    const folder = join(__dirname, "..", "..", "..", "provider", "ssh");
    const source = readdirSync(folder)
      .filter((name) => name !== "config-keywords.ts")
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const honoured = Object.entries(keywords).filter(([, { is }]) => is === "honoured");
    expect(
      honoured.filter(([name]) => !source.includes(`"${name.toLowerCase()}"`)).map(([name]) => name),
    ).toStrictEqual([]);
  });

  test("of others, or that others may write in, is refused", () => {
    process.env["HOME"] = folder;
    mkdirSync(join(folder, ".ssh"));
    const own = join(folder, ".ssh", "config");
    writeFileSync(own, "User admin\n", { mode: 0o600 });
    expect(findRoute({ host: "h" })[0]?.server.user).toBe("admin");
    expect(userAndPort({ host: "h" }).user).toBe("admin");
    chmodSync(own, 0o620);
    expect(() => findRoute({ host: "h" })).toThrow(/other users may write in it/);
  });
});
