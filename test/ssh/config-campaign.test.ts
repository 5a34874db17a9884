import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ChrootError } from "../../provider/errors";
import { readClientConfig } from "../../provider/ssh/client-config";
import { keywordOf } from "../../provider/ssh/config-keywords";
import { findRoute, type Hop } from "../../provider/ssh/route";
import { type ClientHome, makeClientHome } from "../support/real-ssh";

/**
 * Trees of configuration files, generated: what is made of them is compared with `ssh -G` of this machine, which has the same home and the
 * same /etc/ssh. `SSH_RUNS=20000` is the long run; `SSH_SEED` repeats one.
 */
const runs = Number(process.env["SSH_RUNS"] ?? 150);
const seed = process.env["SSH_SEED"] === undefined ? undefined : Number(process.env["SSH_SEED"]);

let client: ClientHome;
const inherited = { ...process.env };
beforeAll(() => {
  client = makeClientHome();
  process.env["HOME"] = client.home;
  process.env["KEYS"] = "/keys of/me";
});
afterAll(() => {
  client.remove();
  for (const name of ["HOME", "KEYS"])
    if (inherited[name] === undefined) delete process.env[name];
    else process.env[name] = inherited[name];
});

const hosts = ["ns1", "NS1", "ns2", "web", "10.0.0.1", "a.example.com", "fe80::1%eth0", "::0:1"];
const pattern = fc.constantFrom(
  "ns1",
  "ns?",
  "*",
  "!ns1",
  "n*1",
  "gw",
  "*.example.com",
  "10.0.0.1",
  "NS1",
  "*:*",
  '"ns2"',
);
const values: Readonly<Record<string, readonly string[]>> = {
  HostName: ["10.0.0.1", "%h.example.com", "Web.Example.COM", "fe80::2%%eth1", "0:0::1", '"quoted"'],
  Port: ["22", "2222", "0023"],
  User: ["me", "you"],
  HostKeyAlias: ['"an alias"', "an\\ other", "'a \"b\"'", "a\\b"],
  IdentityFile: [
    "/keys/one",
    "~/.ssh/two",
    '"/keys/with space"',
    "/keys/with\\ space",
    `\${KEYS}/%h`,
    "/k/%C-%d-%h-%i-%k-%L-%l-%n-%p-%r-%u-%%",
    "none",
  ],
  IdentitiesOnly: ["yes", "no", "TRUE"],
  IdentityAgent: ["none", "SSH_AUTH_SOCK", "~/.ssh/agent", `\${KEYS}/agent`],
  UserKnownHostsFile: ["/known/%h /known/more", "~/.ssh/%k", `"/a b" \${KEYS}`, "none"],
  GlobalKnownHostsFile: ["/etc/known", "/a /b", "none"],
  ProxyJump: ["gw", "none", "me@gw:2200,other", "ssh://you@[2001:db8::1]:99"],
  ProxyCommand: ["none", "nc %h %p"],
  ConnectTimeout: ["7", "1m30s", "none"],
  ServerAliveInterval: ["9", "1h"],
  ServerAliveCountMax: ["5"],
  AddressFamily: ["inet", "inet6", "any"],
  BindAddress: ["127.0.0.2", "::1"],
  RequiredRSASize: ["2048", "1024"],
  PubkeyAuthentication: ["no", "yes", "unbound"],
  PasswordAuthentication: ["no", "yes"],
  KbdInteractiveAuthentication: ["no"],
  ChallengeResponseAuthentication: ["no", "yes"],
  PreferredAuthentications: ["publickey", "password,publickey"],
  Ciphers: ["aes256-gcm@openssh.com,aes256-ctr"],
  MACs: ["hmac-sha2-512,hmac-sha2-256"],
  KexAlgorithms: ["curve25519-sha256,ecdh-sha2-nistp384"],
  HostKeyAlgorithms: ["rsa-sha2-512,ssh-ed25519"],
  PubkeyAcceptedAlgorithms: ["ssh-ed25519"],
  RevokedHostKeys: ["/etc/revoked", "none"],
  CertificateFile: ["~/.ssh/cert.pub"],
  KnownHostsCommand: ["none", "/bin/keys %H"],
  CanonicalizeHostname: ["no"],
  ForwardAgent: ["yes"],
  StrictHostKeyChecking: ["accept-new"],
  SendEnv: ["LANG LC_*"],
  LocalForward: ["8080 web:80"],
  IgnoreUnknown: ["UseKeychain,NeverHeard*"],
};
/** Some ways to write one line. */
const written = fc.constantFrom(
  (name: string, value: string) => `${name} ${value}`,
  (name: string, value: string) => `  ${name.toLowerCase()}=${value}`,
  (name: string, value: string) => `\t${name.toUpperCase()} =\t${value}  `,
  (name: string, value: string) => `${name}   ${value}\r`,
  // A comment goes into the rest of a line.
  (name: string, value: string) => (/^Proxy|Command$/.test(name) ? `${name} ${value}` : `${name} ${value} # comment "`),
);
const directive = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(values[name] ?? [])), written))
  .map(([name, value, write]) => write(name, value));
const criterion = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "!"), fc.constantFrom("host", "originalhost", "user", "localuser"), pattern)
    .map(([not, name, value]) => `${not}${name} ${value.replace("!", "")},x`),
  fc.constantFrom(
    "user me",
    "!user me",
    'exec "true"',
    'exec "test %h = ns1"',
    "!exec false",
    "final",
    "!final",
    "canonical",
    "HOST=ns*",
  ),
);
const head = fc.oneof(
  fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(" ")}`),
  fc.array(criterion, { minLength: 1, maxLength: 3 }).map((criteria) => `Match ${criteria.join(" ")}`),
  fc.constant("Match all"),
);
const include = fc
  .constantFrom(
    "inc/*",
    "inc/[ab].conf",
    "inc/[!a]*",
    "inc/[[:alpha:]]?.conf absent",
    "~/.ssh/inc/?.conf",
    "sub/rel.conf",
    '"with space/x.conf"',
    "with\\ space/[x].conf",
    "inc/.h*",
    "sub/../inc/b.conf inc/a.conf",
  )
  .map((words) => `Include ${words}`);
const blocks = (line: fc.Arbitrary<string>, maxLength: number) =>
  fc
    .tuple(fc.array(line, { maxLength: 2 }), fc.array(fc.tuple(head, fc.array(line, { maxLength: 4 })), { maxLength }))
    .map(([top, rest]) => [...top, ...rest.flatMap(([first, lines]) => [first, ...lines])].join("\n"));
const leaf = blocks(directive, 2);
const tree = fc.record({
  ".ssh/config": blocks(fc.oneof({ weight: 3, arbitrary: directive }, include), 4),
  ".ssh/inc/a.conf": leaf,
  ".ssh/inc/b.conf": leaf,
  ".ssh/inc/ab.conf": leaf,
  ".ssh/inc/.hidden": leaf,
  ".ssh/with space/x.conf": leaf,
  ".ssh/sub/rel.conf": blocks(
    fc.oneof(
      directive,
      include.filter((line) => !/sub/.test(line)),
    ),
    2,
  ),
  "etc/ssh_config": blocks(fc.oneof(directive, fc.constant("Include ssh_config.d/*.conf")), 2),
  "etc/ssh_config.d/1.conf": leaf,
});

function writeTree(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(name.startsWith("etc/") ? dirname(client.etc) : client.home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

/** The values that ssh prints for each keyword, or undefined if it refuses the configuration. */
function asked(host: string): Map<string, string[]> | undefined {
  const { status, stdout } = client.ssh(["-G", "-l", "me", host], { KEYS: process.env["KEYS"] ?? "" });
  if (status !== 0) return undefined;
  const found = new Map<string, string[]>();
  for (const line of stdout.split("\n")) {
    const [name = "", value = ""] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

/** The same of ours, by the names and in the words of `ssh -G`. */
function described(host: string, hop: Hop): Record<string, string | readonly string[] | undefined> {
  const config = readClientConfig({ host, user: "me" }, client.files);
  const seen = (path: string) => path.replaceAll(client.home, client.seenAs);
  const stated = (name: string, theirs: string) => (config.has(name) ? theirs : undefined);
  const { algorithms, alive, source, without } = hop;
  const known = (config.get("userknownhostsfile") ?? ["1", "2"]).filter((file) => file !== "none");
  return {
    // ssh keeps an address of an excluded family as it is, and cannot connect.
    hostname: source.family === 4 && hop.address.includes(":") ? undefined : hop.address,
    port: String(hop.server.port),
    hostkeyalias: config.get("hostkeyalias")?.[0],
    // The files as they are written; ssh's defaults have more files than the product's.
    identityfile: config.get("identityfile"),
    userknownhostsfile: seen(hop.knownHostsFiles.slice(0, known.length).join(" ")),
    globalknownhostsfile: hop.knownHostsFiles.slice(known.length).join(" "),
    proxyjump: config.get("proxyjump")?.[0]?.replace(/^none$/i, ""),
    identitiesonly: hop.identitiesOnly ? "yes" : "no",
    connecttimeout: stated("connecttimeout", hop.limit === 15_000 ? "none" : String(hop.limit / 1000)),
    serveraliveinterval: stated("serveraliveinterval", String(alive.interval / 1000)),
    serveralivecountmax: String(alive.count),
    addressfamily: { 4: "inet", 6: "inet6", 0: "any" }[source.family ?? 0],
    bindaddress: source.address,
    requiredrsasize: String(hop.requiredRsaSize),
    passwordauthentication: without.has("password") && !config.has("preferredauthentications") ? "no" : undefined,
    kbdinteractiveauthentication: config.get("kbdinteractiveauthentication")?.[0],
    preferredauthentications: config.get("preferredauthentications")?.[0],
    ciphers: stated("ciphers", algorithms.cipher.join()),
    macs: stated("macs", algorithms.hmac.join()),
    kexalgorithms: stated("kexalgorithms", algorithms.kex.join()),
    hostkeyalgorithms: stated("hostkeyalgorithms", algorithms.serverHostKey.join()),
    pubkeyacceptedalgorithms: stated("pubkeyacceptedalgorithms", algorithms.pubkey.join()),
  };
}

describe("a tree of configuration files", () => {
  test(`is followed as ssh follows it, ${runs} times`, () => {
    let [compared, refusals] = [0, 0];
    const check = (files: Readonly<Record<string, string>>, host: string) => {
      writeTree(files);
      const theirs = asked(host);
      // A file that the user's configuration and the machine's name is told twice.
      const named = theirs?.get("identityfile");
      if (named) theirs?.set("identityfile", [...new Set(named)]);
      if (!theirs) return; // ssh refuses it, also for lines that do not concern this host.
      const refused = [...theirs].filter(([name, [value = ""]]) => {
        const decision = keywordOf(name)?.decision;
        return decision?.is === "refused" && !decision.unless.includes(value.toLowerCase());
      });
      const text = `${host}\n${Object.entries(files)
        .map(([name, lines]) => `== ${name}\n${lines}`)
        .join("\n")}`;
      let hop: Hop | undefined;
      try {
        hop = findRoute({ host, user: "me", proxy: [] }, client.files).at(-1);
      } catch (error) {
        assert.ok(error instanceof ChrootError, `${error}\n${text}`);
        assert.ok(
          refused.some(([name]) => error.message.includes(`has ${keywordOf(name)?.spelling} for it`)),
          `${error.message}\n${text}`,
        );
        refusals++;
        return;
      }
      assert.deepEqual(refused, [], `not refused\n${text}`);
      assert.ok(hop);
      compared++;
      for (const [name, ours] of Object.entries(described(host, hop))) {
        const there: string[] | undefined = theirs.get(name);
        if (ours === undefined || ours === "") continue;
        assert.deepEqual(typeof ours === "string" ? [ours] : ours, there, `${name}\n${text}`);
      }
      const tokens = theirs.get("identityfile")?.findIndex((file) => file.startsWith("/k/")) ?? -1;
      if (tokens >= 0 && !theirs.has("proxyjump")) {
        const template = theirs.get("identityfile")?.[tokens] ?? "";
        const { stdout } = client.ssh(["-G", "-l", "me", "-o", `ControlPath=${template}`, host], {
          KEYS: process.env["KEYS"] ?? "",
        });
        const expanded = /^controlpath (.*)$/m.exec(stdout)?.[1];
        const before =
          theirs
            .get("identityfile")
            ?.slice(0, tokens)
            .filter((file) => file !== "none").length ?? 0;
        assert.equal(hop.identityFiles[before]?.replaceAll(client.home, client.seenAs), expanded, text);
      }
    };
    fc.assert(fc.property(tree, fc.constantFrom(...hosts), check), {
      numRuns: runs,
      ...(seed === undefined ? {} : { seed }),
    });
    assert.ok(compared > runs / 4, `${compared} of ${runs} were compared, ${refusals} refused`);
  });

  test("is gone afterwards", () => {
    rmSync(join(client.home, ".ssh"), { recursive: true });
    expect(readdirSync(client.home)).toStrictEqual([]);
  });
});
