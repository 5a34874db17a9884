import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../provider/model/connection";
import { identityFor } from "../../provider/ssh/identity";
import { findRoute } from "../../provider/ssh/route";

const folder = mkdtempSync(join(tmpdir(), "chroot-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A key pair that ssh-keygen has made, in files. */
function keyFile(name: string, ...options: string[]): string {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ecdsa", "-f", file, ...options]);
  return file;
}

function identity(more: Omit<Connection, "host">) {
  const [hop] = findRoute({ host: "ns1.example.com", sshConfig: false, ...more });
  if (!hop) throw new Error("there is no hop");
  return identityFor(hop);
}

describe("a file with the key, of the connection,", () => {
  test("that no login can use is told before anything is dialled", () => {
    const absent = join(folder, "absent");
    const text = join(folder, "text");
    writeFileSync(text, "hunter2\n");
    const closed = keyFile("closed", "-N", "hunter2", "-m", "PKCS8");
    rmSync(`${closed}.pub`);
    const problems = [absent, folder, text, closed].map((privateKeyFile) => identity({ privateKeyFile }));
    expect(problems).toStrictEqual([
      { problem: `connection.privateKeyFile, ${absent}, is not there: correct the path, or make the key` },
      { problem: `connection.privateKeyFile, ${folder}, cannot be used: it is empty` },
      {
        problem: `connection.privateKeyFile, ${text}, cannot be used: it is no private key, which begins with -----BEGIN and ends with -----END`,
      },
      {
        problem: `connection.privateKeyFile, ${closed}, cannot be used: it has a passphrase; set connection.privateKeyPassword, or put the key into an SSH agent`,
      },
    ]);
    const wrong = identity({ privateKeyFile: closed, privateKeyPassword: "other" });
    expect(wrong).toMatchObject({ problem: expect.stringContaining("privateKeyPassword does not open it") });
    expect(identity({ privateKeyFile: closed, privateKeyPassword: "hunter2" })).not.toHaveProperty("problem");
  });

  test("goes before the password, on a jump host, too", () => {
    const privateKeyFile = keyFile("plain", "-N", "");
    const found = identity({ privateKeyFile, password: "hunter2" });
    expect("methods" in found && found.methods.map((method) => (method as { type: string }).type)).toStrictEqual([
      "agent",
      "password",
      "keyboard-interactive",
    ]);
    const [jump, host] = findRoute({ host: "ns1", sshConfig: false, proxy: { host: "jump", privateKeyFile } });
    expect([jump?.identityFiles, jump?.identitiesOnly]).toStrictEqual([[privateKeyFile], true]);
    expect(host?.identitiesOnly).toBe(false);
  });
});
