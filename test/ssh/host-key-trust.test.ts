import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../provider/model/connection";
import { type Trust, trustFor as trustForHop } from "../../provider/ssh/host-key-trust";
import { fingerprint } from "../../provider/ssh/key-blob";
import { hostMatches, parseKnownHosts } from "../../provider/ssh/known-hosts";
import { findRoute } from "../../provider/ssh/route";
import { perl } from "../support/perl";

function trustFor(connection: Connection): Trust {
  const [hop] = findRoute(connection, []);
  assert.ok(hop);
  return trustForHop(hop);
}

/** A key blob of a type, never used to sign. */
function makeKey(type = "ssh-ed25519"): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), randomBytes(40)]);
}

const [key, other] = [makeKey(), makeKey()];
const rsa = makeKey("ssh-rsa");
const line = (hosts: string, blob = key, type = "ssh-ed25519") => `${hosts} ${type} ${blob.toString("base64")}`;

function hashed(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

const folder = mkdtempSync(join(tmpdir(), "chroot-trust-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The verdict of a known_hosts file on an offered key. */
function verdict(text: string, offered = key, connection: { host?: string; port?: number } = {}): string | undefined {
  const knownHostsFile = join(folder, `known_hosts_${files++}`);
  writeFileSync(knownHostsFile, text);
  return trustFor({ host: "ns1.example.com", ...connection, knownHostsFile }).refuse(offered);
}

describe("a host in known_hosts", () => {
  test("is trusted with its key, and with no other", () => {
    expect(verdict(line("ns1.example.com"))).toBe(undefined);
    const why = verdict(line("ns1.example.com"), other) ?? "";
    expect(why).toMatch(/host key has changed/);
    assert.ok(why.includes(fingerprint(other)) && why.includes(fingerprint(key)), why);
  });

  test("is refused when it is not there, with its fingerprint and where it was looked for", () => {
    for (const text of ["", line("ns2.example.com"), line("example.com"), `# ${line("ns1.example.com")}`]) {
      const why = verdict(text) ?? "trusted";
      expect(why).toMatch(/not known: it offers SHA256:.* has none for ns1/s);
      expect(why).toContain(fingerprint(key));
    }
  });

  test("is refused when the file cannot be read", () => {
    const trust = trustFor({ host: "ns1", knownHostsFile: join(folder, "absent") });
    expect(trust.refuse(key) ?? "trusted").toMatch(/not known/);
    expect(trust.types).toStrictEqual([]);
  });

  test("is not believed unknown where a file that may know it cannot be read", () => {
    const knownHostsFile = join(folder, "fifo");
    perl("use POSIX; POSIX::mkfifo($ARGV[0], 0600) or die", knownHostsFile);
    const refuse = (file: string) =>
      trustFor({ host: "ns1", knownHostsFile: file, allowUnknownHostKey: true }).refuse(key);
    expect(refuse(knownHostsFile) ?? "trusted").toMatch(/is not known: .*; .*fifo is a FIFO, not a file$/);
    for (const none of [join(folder, "absent"), "/dev/null", folder]) assert.equal(refuse(none), undefined, none);
  });

  test("is found whatever the case of its name", () => {
    expect(verdict(line("NS1.Example.com"))).toBe(undefined);
    expect(verdict(line(hashed("ns1.example.com")), key, { host: "NS1.Example.COM" })).toBe(undefined);
  });

  test("may have several keys, and each is trusted", () => {
    const text = `${line("ns1.example.com", rsa, "ssh-rsa")}\n${line("ns1.example.com")}\n`;
    expect(verdict(text, key)).toBe(undefined);
    expect(verdict(text, rsa)).toBe(undefined);
    expect(verdict(text, other)).not.toBe(undefined);
  });

  test("asks for keys of the types that are known for it", () => {
    const knownHostsFile = join(folder, "types");
    writeFileSync(
      knownHostsFile,
      `${line("ns1")}\n${line("ns1", rsa, "ssh-rsa")}\n${line("ns2", makeKey("ecdsa-sha2-nistp256"), "ecdsa-sha2-nistp256")}\n`,
    );
    expect(trustFor({ host: "ns1", knownHostsFile }).types).toStrictEqual(["ssh-ed25519", "ssh-rsa"]);
  });

  test("on another port than 22 is another host, but for a key that the name has without a port, as for ssh", () => {
    const at = (text: string, offered = key) => verdict(text, offered, { port: 2222 });
    expect(at(line("[ns1.example.com]:2222"))).toBe(undefined);
    expect(at(line(hashed("[ns1.example.com]:2222")))).toBe(undefined);
    expect(at(line("ns1.example.com"))).toBe(undefined);
    expect(at(line(hashed("ns1.example.com")))).toBe(undefined);
    expect(at(line("ns1.example.com"), other) ?? "").toMatch(/not known/);
    expect(at(`${line("ns1.example.com", other)}\n${line("[ns1.example.com]:2222")}`, rsa) ?? "").toMatch(
      /has changed/,
    );
    expect(at(`${line("ns1.example.com")}\n@revoked ${line("[ns1.example.com]:2222")}`) ?? "").toMatch(
      /marked @revoked/,
    );
    expect(at(`@revoked ${line("ns1.example.com")}`) ?? "").toMatch(/marked @revoked/);
    expect(verdict(line("[ns1.example.com]:2222"))).not.toBe(undefined);
    expect(verdict(line("ns1.example.com"), key, { port: 22 })).toBe(undefined);
  });

  test("with a key of another type only was installed anew, or is another one", () => {
    expect(verdict(line("ns1.example.com"), rsa) ?? "").toMatch(
      /has changed, to one of a type that is not known for it .*reinstalled/,
    );
  });

  test("is found as an address with a zone, in any of its forms", () => {
    expect(verdict(line("fe80::1%eth0"), key, { host: "fe80::0:1%eth0" })).toBe(undefined);
    expect(verdict(line("[fe80::1%eth0]:2222"), key, { host: "fe80::1%eth0", port: 2222 })).toBe(undefined);
    expect(verdict(line("fe80::1%eth1"), key, { host: "fe80::1%eth0" })).not.toBe(undefined);
  });

  test("with a short RSA key is refused, whoever knows it", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 768 });
    const { n = "", e = "" } = publicKey.export({ format: "jwk" });
    const parts = [
      Buffer.from("ssh-rsa"),
      Buffer.from(e, "base64url"),
      Buffer.from(`00${Buffer.from(n, "base64url").toString("hex")}`, "hex"),
    ];
    const short = Buffer.concat(
      parts.flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        return [length, part];
      }),
    );
    expect(verdict(line("ns1.example.com", short, "ssh-rsa"), short) ?? "").toMatch(
      /has 768 bits, and RequiredRSASize asks for 1024/,
    );
  });

  test("with a revoked key is refused, wherever the line is and whatever else says yes", () => {
    const revoked = `@revoked ${line("*")}`;
    for (const text of [`${revoked}\n${line("ns1.example.com")}`, `${line("ns1.example.com")}\n${revoked}`])
      expect(verdict(text) ?? "trusted").toMatch(/marked @revoked/);
    expect(verdict(`${revoked}\n${line("ns1.example.com", other)}`, other)).toBe(undefined);
  });

  test("is not trusted by a certificate authority's line, whose key is not the host's", () => {
    expect(verdict(`@cert-authority ${line("*.example.com")}`) ?? "trusted").toMatch(/not known/);
  });

  test("is looked for in the user's file where none is named, and in the machine's", () => {
    const home = process.env["HOME"];
    try {
      process.env["HOME"] = folder;
      mkdirSync(join(folder, ".ssh"));
      writeFileSync(join(folder, ".ssh", "known_hosts"), line("ns1.example.com"));
      expect(trustFor({ host: "ns1.example.com" }).refuse(key)).toBe(undefined);
      const why = trustFor({ host: "a-host-that-nobody-knows.invalid" }).refuse(key) ?? "";
      assert.ok(why.includes(join(folder, ".ssh", "known_hosts")) && why.includes("/etc/ssh/ssh_known_hosts"), why);
      expect(trustFor({ host: "ns1.example.com", knownHostsFile: "~/.ssh/known_hosts" }).refuse(key)).toBe(undefined);
    } finally {
      if (home === undefined) delete process.env["HOME"];
      else process.env["HOME"] = home;
    }
  });
});

describe("the hosts of a line", () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["ns1,ns2", ["ns1", "ns2"], ["ns", "ns1,ns2"]],
    ["*.example.com", ["a.example.com", "a.b.example.com"], ["example.com", "a.example.comx", "axexample.com"]],
    ["ns?", ["ns1"], ["ns", "ns12"]],
    ["*,!bad.example.com", ["good"], ["bad.example.com"]],
    ["!bad,*", ["good"], ["bad"]],
    ["!*.evil.com", [], ["a.evil.com", "good"]],
    ["10.0.0.*", ["10.0.0.7"], ["10.0.1.7", "10x0.0.7"]],
    ["[ns1]:2222", ["[ns1]:2222"], ["ns1", "n:2222"]],
    ["[*]:2222", ["[any]:2222"], ["any", "[any]:22"]],
    ["a+b|c(d)$", ["a+b|c(d)$"], ["aab", "a+b"]],
    [hashed("ns1"), ["ns1"], ["ns2", "[ns1]:22"]],
    ["|1|broken", [], ["ns1", "broken"]],
  ];
  for (const [hosts, matching, others] of table)
    test(`${hosts.startsWith("|1|") ? hosts.slice(0, 8) : hosts} match as ssh matches them`, () => {
      for (const host of matching) assert.ok(hostMatches(hosts, host), host);
      for (const host of others) assert.ok(!hostMatches(hosts, host), host);
    });
});

describe("a known_hosts file", () => {
  test("has a line for each key; comments, blanks and what is no key are passed over", () => {
    const text = [
      "# a comment",
      "",
      "   ",
      "ns1",
      "ns1 ssh-ed25519",
      "ns1 ssh-ed25519 !!!!",
      line("ns1", rsa),
      `@unknown ${line("ns1")}`,
      `${line("ns1")} root@ns1 a comment\r`,
      `\t${line("ns2", rsa, "ssh-rsa")}`,
      `@revoked ${line("ns3")}`,
      `@cert-authority ${line("ns4")}`,
    ].join("\n");
    const found = parseKnownHosts(text).map(({ marker, hosts, type }) => [marker, hosts, type]);
    expect(found).toStrictEqual([
      ["", "ns1", "ssh-ed25519"],
      ["", "ns2", "ssh-rsa"],
      ["@revoked", "ns3", "ssh-ed25519"],
      ["@cert-authority", "ns4", "ssh-ed25519"],
    ]);
  });
});

describe("a pinned host key", () => {
  const pin = (hostKey: string) => trustFor({ host: "ns1", hostKey, knownHostsFile: join(folder, "absent") });

  test("is the only one that is trusted, and is asked for by its type", () => {
    const trust = pin(`  ssh-ed25519 ${key.toString("base64")}  root@ns1\n`);
    expect(trust.refuse(key)).toBe(undefined);
    expect(trust.refuse(other) ?? "trusted").toMatch(/host key has changed.*known is SHA256.*connection\.hostKey/s);
    expect(trust.types).toStrictEqual(["ssh-ed25519"]);
  });

  test("beats known_hosts", () => {
    const knownHostsFile = join(folder, "pinned");
    writeFileSync(knownHostsFile, line("ns1"));
    const trust = trustFor({ host: "ns1", hostKey: `ssh-ed25519 ${other.toString("base64")}`, knownHostsFile });
    expect(trust.refuse(key)).not.toBe(undefined);
    expect(trust.refuse(other)).toBe(undefined);
  });

  test("that is none trusts nothing", () => {
    for (const text of [
      "",
      "ssh-ed25519",
      key.toString("base64"),
      `ssh-rsa ${key.toString("base64")}`,
      "SHA256:abc",
      `ns1 ssh-ed25519 ${key.toString("base64")}`,
    ])
      assert.match(pin(text).refuse(key) ?? "trusted", /not a public key/, text);
  });
});

test("a fingerprint is printed as ssh prints it", () => {
  const known = Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "base64");
  expect(fingerprint(known)).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (ssh-ed25519)");
});
