import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, describe } from "node:test";
import type { Connection } from "../../provider/model/connection";
import { routeOf } from "../../provider/ssh/route";
import {
  fingerprint,
  hostMatches,
  parseKnownHosts,
  type Trust,
  trustFor as trustForHop,
} from "../../provider/ssh/trust";

function trustFor(connection: Connection): Trust {
  const [hop] = routeOf(connection, []);
  assert.ok(hop);
  return trustForHop(hop);
}

/** A key blob of a type; nobody signs with it. */
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
after(() => rmSync(folder, { recursive: true }));
let files = 0;

/** What a known_hosts file makes of a key that a host offers. */
function verdict(text: string, offered = key, connection: { host?: string; port?: number } = {}): string | undefined {
  const knownHostsFile = join(folder, `known_hosts_${files++}`);
  writeFileSync(knownHostsFile, text);
  return trustFor({ host: "ns1.example.com", ...connection, knownHostsFile }).refuse(offered);
}

describe("a host in known_hosts", () => {
  test("is trusted with its key, and with no other", () => {
    assert.equal(verdict(line("ns1.example.com")), undefined);
    const why = verdict(line("ns1.example.com"), other) ?? "";
    assert.match(why, /host key has changed/);
    assert.ok(why.includes(fingerprint(other)) && why.includes(fingerprint(key)), why);
  });

  test("is refused when it is not there, with its fingerprint and where it was looked for", () => {
    for (const text of ["", line("ns2.example.com"), line("example.com"), `# ${line("ns1.example.com")}`]) {
      const why = verdict(text) ?? "trusted";
      assert.match(why, /not known: it offers SHA256:.* has none for ns1/s);
      assert.ok(why.includes(fingerprint(key)));
    }
  });

  test("is refused when the file cannot be read", () => {
    const trust = trustFor({ host: "ns1", knownHostsFile: join(folder, "absent") });
    assert.match(trust.refuse(key) ?? "trusted", /not known/);
    assert.deepEqual(trust.types, []);
  });

  test("is found whatever the case of its name", () => {
    assert.equal(verdict(line("NS1.Example.com")), undefined);
    assert.equal(verdict(line(hashed("ns1.example.com")), key, { host: "NS1.Example.COM" }), undefined);
  });

  test("may have several keys, and each is trusted", () => {
    const text = `${line("ns1.example.com", rsa, "ssh-rsa")}\n${line("ns1.example.com")}\n`;
    assert.equal(verdict(text, key), undefined);
    assert.equal(verdict(text, rsa), undefined);
    assert.notEqual(verdict(text, other), undefined);
  });

  test("asks for keys of the types that are known for it", () => {
    const knownHostsFile = join(folder, "types");
    writeFileSync(
      knownHostsFile,
      `${line("ns1")}\n${line("ns1", rsa, "ssh-rsa")}\n${line("ns2", makeKey("ecdsa-sha2-nistp256"), "ecdsa-sha2-nistp256")}\n`,
    );
    assert.deepEqual(trustFor({ host: "ns1", knownHostsFile }).types, ["ssh-ed25519", "ssh-rsa"]);
  });

  test("on another port than 22 is another host", () => {
    assert.equal(verdict(line("[ns1.example.com]:2222"), key, { port: 2222 }), undefined);
    assert.equal(verdict(line(hashed("[ns1.example.com]:2222")), key, { port: 2222 }), undefined);
    assert.notEqual(verdict(line("ns1.example.com"), key, { port: 2222 }), undefined);
    assert.notEqual(verdict(line("[ns1.example.com]:2222")), undefined);
    assert.equal(verdict(line("ns1.example.com"), key, { port: 22 }), undefined);
  });

  test("with a revoked key is refused, wherever the line is and whatever else says yes", () => {
    const revoked = `@revoked ${line("*")}`;
    for (const text of [`${revoked}\n${line("ns1.example.com")}`, `${line("ns1.example.com")}\n${revoked}`])
      assert.match(verdict(text) ?? "trusted", /marked @revoked/);
    assert.equal(verdict(`${revoked}\n${line("ns1.example.com", other)}`, other), undefined);
  });

  test("is not trusted by a certificate authority's line, whose key is not the host's", () => {
    assert.match(verdict(`@cert-authority ${line("*.example.com")}`) ?? "trusted", /not known/);
  });

  test("is looked for in the user's file where none is named, and in the machine's", () => {
    const home = process.env["HOME"];
    try {
      process.env["HOME"] = folder;
      mkdirSync(join(folder, ".ssh"));
      writeFileSync(join(folder, ".ssh", "known_hosts"), line("ns1.example.com"));
      assert.equal(trustFor({ host: "ns1.example.com" }).refuse(key), undefined);
      const why = trustFor({ host: "a-host-that-nobody-knows.invalid" }).refuse(key) ?? "";
      assert.ok(why.includes(join(folder, ".ssh", "known_hosts")) && why.includes("/etc/ssh/ssh_known_hosts"), why);
      assert.equal(trustFor({ host: "ns1.example.com", knownHostsFile: "~/.ssh/known_hosts" }).refuse(key), undefined);
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
    assert.deepEqual(found, [
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
    assert.equal(trust.refuse(key), undefined);
    assert.match(trust.refuse(other) ?? "trusted", /host key has changed.*connection\.hostKey is SHA256:/s);
    assert.deepEqual(trust.types, ["ssh-ed25519"]);
  });

  test("beats known_hosts", () => {
    const knownHostsFile = join(folder, "pinned");
    writeFileSync(knownHostsFile, line("ns1"));
    const trust = trustFor({ host: "ns1", hostKey: `ssh-ed25519 ${other.toString("base64")}`, knownHostsFile });
    assert.notEqual(trust.refuse(key), undefined);
    assert.equal(trust.refuse(other), undefined);
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
  assert.equal(fingerprint(known), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU (ssh-ed25519)");
});
