import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../provider/model/connection";
import { makeKey } from "../../scripts/lab/keys";
import { awaitHost, closeAll } from "../support/connections";
import { siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { SSHD_PATHS } from "../support/sshd-config";
import { sshdLog } from "../support/sshd-daemon";
import { installSudo, sudoer, sudoers } from "../support/sudoer";
import { useHost } from "../support/use-host";

describe("a new host, of which the rest comes after sshd", () => {
  let host: LabHost;
  useHost({ accounts: sudoer }, async (made) => {
    host = made;
    await installSudo(host);
  });
  afterEach(closeAll);

  /** Waits for it, and has something come when sshd has refused us twice. */
  async function awaited(
    more: Partial<Connection>,
    refusal: RegExp,
    come: () => void | Promise<void>,
  ): Promise<string[]> {
    const said: string[] = [];
    const begin = sshdLog(host).length;
    const arrival = awaitHost(siteOn(host, "/srv", more), async (text) => void said.push(text));
    const count = () => (sshdLog(host).slice(begin).match(refusal) ?? []).length;
    for (const start = Date.now(); count() < 2; await setTimeout(20))
      assert.ok(Date.now() - start < 30_000, sshdLog(host));
    await come();
    await arrival;
    return said;
  }

  test("is waited for until it has the key", async () => {
    const { privateKey, publicKey } = makeKey("ed25519");
    const said = await awaited({ privateKey }, /Failed publickey|Connection closed by authenticating/g, () =>
      appendFileSync(host.path(SSHD_PATHS.authorizedKeys), `${publicKey}\n`),
    );
    assert.equal(said.length, 1, said.join("\n"));
    expect(said[0] ?? "").toMatch(
      /^root@127\.0\.0\.1:\d+ is waited for, up to 10 times \(connection\.dialErrorLimit\): it does not accept connection\.privateKey$/,
    );
  });

  test("is waited for until it has the user", async () => {
    const said = await awaited({ user: "later" }, /Invalid user later from/g, () =>
      host
        .must("echo 'later:x:1077:1077::/:/bin/sh' >>/etc/passwd; echo 'later:*:19000::::::' >>/etc/shadow")
        .then(() => undefined),
    );
    expect(said.join()).toMatch(/^later@.* it does not accept/);
  });

  test("is waited for until its user may become root", async () => {
    sudoers(host);
    const connection = { user: "admin", become: { method: "sudo" } } as const;
    const said = await awaited(connection, /Starting session: command for admin/g, () =>
      sudoers(host, "admin ALL=(root) NOPASSWD: /bin/sh"),
    );
    expect(said.join()).toMatch(/^admin@.* is waited for, .*: sudo/);
  });

  test("is given up after dialErrorLimit logins, and at once where the fault is here", async () => {
    const { privateKey } = makeKey("ed25519");
    await expect(awaitHost(siteOn(host, "/srv", { privateKey, dialErrorLimit: 2 }))).rejects.toThrow(
      /does not accept connection\.privateKey; tried 2 times \(connection\.dialErrorLimit\)/,
    );
    const begin = sshdLog(host).length;
    for (const more of [{ privateKey: "none" }, { hostKey: makeKey("ed25519").publicKey }])
      await expect(awaitHost(siteOn(host, "/srv", { ...more, dialErrorLimit: -1 }))).rejects.toThrow(
        /cannot be used|has changed/,
      );
    expect(sshdLog(host).slice(begin)).not.toMatch(/Failed/);
  });

  test("does not lock an account by a password that sudo refuses", async () => {
    sudoers(host, "admin ALL=(root) /bin/sh");
    const begin = sshdLog(host).length;
    const become = { method: "sudo", password: "wrong" } as const;
    await expect(awaitHost(siteOn(host, "/srv", { user: "admin", become, dialErrorLimit: 5 }))).rejects.toThrow(
      /was tried once/,
    );
    expect(
      sshdLog(host)
        .slice(begin)
        .match(/Starting session: command for admin/g)?.length,
    ).toBe(1);
  });
});
