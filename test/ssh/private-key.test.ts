import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parsePrivateKey, publicHalf } from "../../provider/ssh/private-key";

const folder = mkdtempSync(join(tmpdir(), "chroot-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
/** A key of ssh-keygen, and its public half. */
function made(type: string, phrase = ""): { text: string; half: string; publicText: string } {
  const file = join(folder, `key-${files++}`);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", phrase, "-C", "", "-f", file]);
  const publicText = readFileSync(`${file}.pub`, "utf8");
  return { text: readFileSync(file, "utf8"), half: publicText.split(" ")[1]?.trim() ?? "", publicText };
}
const half = (text: string, phrase?: string) => {
  const key = parsePrivateKey(text, phrase);
  return typeof key === "string" ? key : key.getPublicSSH().toString("base64");
};

describe("a private key", () => {
  const { text, half: own, publicText } = made("ed25519");
  for (const [how, changed] of [
    ["as it is", text],
    ["with CRLF", text.replaceAll("\n", "\r\n")],
    ["indented, as in YAML and template strings", text.replaceAll(/^/gm, "      ")],
    ["with a literal \\n, as in a .env file", text.replaceAll("\n", "\\n")],
    ["with a literal \\r\\n", text.replaceAll("\n", "\\r\\n")],
    ["in one line", text.replaceAll("\n", " ")],
    ["without its last line break", text.trim()],
    ["with blank lines around it", `\n\n${text}\n\n`],
    ["with attributes before it, as OpenSSL exports it", `Bag Attributes\n    friendlyName: deploy\n${text}`],
    [
      "behind the parameters of a curve",
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${text}`,
    ],
    ["with a comment of a person's", `# of the deploy user\n${text}# end\n`],
  ] as const)
    test(`works ${how}`, () => expect(half(changed)).toBe(own));

  test("of PKCS#8 works, in each type, also with a passphrase", () => {
    const cipher = { cipher: "aes-256-cbc", passphrase: "phrase" };
    for (const pair of [
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
      generateKeyPairSync("ec", { namedCurve: "P-256" }),
      generateKeyPairSync("ec", { namedCurve: "P-521" }),
      ...Array.from({ length: 20 }, () => generateKeyPairSync("ed25519")),
    ]) {
      const pem = String(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
      const parsed = parsePrivateKey(pem, undefined);
      assert.ok(typeof parsed !== "string", `${parsed}`);
      const signature = parsed.sign("data") as Buffer | Error;
      assert.ok(!(signature instanceof Error) && parsed.verify("data", signature) === true);
      const locked = String(pair.privateKey.export({ type: "pkcs8", format: "pem", ...cipher }));
      expect(half(locked, "phrase")).toBe(half(pem));
      expect(half(locked)).toMatch(/has a passphrase; set connection\.privateKeyPassword/);
      expect(half(locked, "another")).toMatch(/the passphrase in connection\.privateKeyPassword does not open it/);
    }
  });

  for (const [what, given, why] of [
    ["nothing", " \n", /it is empty/],
    ["a public key", publicText, /it is a public key, give the private one/],
    ["a public key in PEM", "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----", /it is a public key/],
    ["a public key as PuTTY has it", "---- BEGIN SSH2 PUBLIC KEY ----\nAA", /it is a public key/],
    ["a path", "~/.ssh/id_rsa", /^is a path: give the key's text/],
    ["words", "my key", /it is no private key, which begins with -----BEGIN/],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAA", /it is a certificate/],
    ["half a key", text.slice(0, 150), /it is damaged, or cut off/],
    [
      "a type that SSH does not have",
      String(generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" })),
      /of type x25519, which SSH does not have/,
    ],
  ] as const)
    test(`that is ${what} is told as that, in one sentence`, () => {
      expect(half(given)).toMatch(why);
      expect(half(given).split("\n").length).toBe(1);
      expect(half(given)).not.toMatch(/b3BlbnNzaC1|AAAAC3/);
    });

  test("shows its public half while it is encrypted, as OpenSSH writes it", () => {
    const { text: locked, half: there } = made("ed25519", "phrase");
    expect(publicHalf(locked, undefined)?.toString("base64")).toBe(there);
    expect(half(locked)).toMatch(/has a passphrase/);
    expect(half(locked, "x")).toMatch(/does not open it/);
    expect(half(locked, "phrase")).toBe(there);
  });
});
