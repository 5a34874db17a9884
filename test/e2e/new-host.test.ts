import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Output } from "@pulumi/pulumi";
import { failed, linesWith, ok, useLab } from "../support/e2e";
import { account, type Program } from "../support/program";
import { sshdLog } from "../support/sshd-daemon";

/** A jail, a rule and a file on a host whose address is unknown until a resource of the same program has made the host. */
const onMadeHost: Program<{ connection: { host: string }; root: string }> = (
  { Jail, JailFile, PermissionRule },
  { connection, root },
  { dynamic },
) => {
  class Machine extends dynamic.Resource {
    declare readonly address: Output<string>;
  }
  const create = () => Promise.resolve({ id: "machine", outs: { address: "127.0.0.1" } });
  const machine = new Machine({ create }, "machine", { address: undefined });
  const jail = new Jail("app", {
    connection: { ...connection, host: machine.address },
    root,
    user: "www",
    group: "www",
    baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
    directories: { a: "one" },
    failOnStaleProcess: true,
  });
  new PermissionRule("one", { jail, match: "a", directoryMode: "0711", reason: "a test" });
  new JailFile("file", { jail, path: "a/b", content: "text", reason: "a test" });
};

describe("a host that a program makes", () => {
  const lab = useLab();

  test("is not dialled in a preview, and waited for in create alone, once for all that is created there", async () => {
    const host = await lab.anotherHost({ accounts: account });
    const stack = await lab.stack();
    stack.program(onMadeHost, { connection: { ...host.connection }, root: "/srv/new" });
    const before = sshdLog(host).length;
    expect(ok(await stack.preview())).toMatch(/\+ 5 to create/);
    assert.equal(sshdLog(host).length, before, "nobody came");

    await host.stopSshd();
    const up = stack.up();
    // The host refuses connections until sshd starts, some seconds after everything has begun.
    await setTimeout(8000);
    host.resetCounts();
    await host.startSshd();
    ok(await up);
    expect(host.connections()).toBe(1);
    expect(await host.must("stat -c '%a %U:%G' /srv/new/a /srv/new/a/b")).toBe("711 root:www\n640 root:www\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/5 unchanged/);
  });

  test("that never comes is given up after dialErrorLimit attempts; a resource that is there already waits for nothing", async () => {
    const host = await lab.anotherHost();
    const stack = await lab.stack();
    const declare = (mode: string, rules = {}) =>
      stack.declare({
        jails: { app: { connection: { ...host.connection, dialErrorLimit: 3 }, root: "/srv/limit" } },
        rules: { one: { jail: "app", match: "a", fileMode: mode }, ...rules },
      });
    declare("0640");
    await host.stopSshd();
    const place = `root@127.0.0.1:${host.port}:/srv/limit`;
    const given = failed(await stack.up("--continue-on-error"));
    const lines = linesWith(given, `${place}: nothing accepts connections`).filter((line) => /tried/.test(line));
    assert.ok(lines.length >= 2, given);
    expect(given).toMatch(/is waited for, up to 3 times \(connection\.dialErrorLimit\): nothing accepts connections/);
    for (const line of lines) expect(line).toMatch(/ECONNREFUSED\); tried 3 times \(connection\.dialErrorLimit\)/);

    await host.startSshd();
    ok(await stack.up());
    await host.stopSshd();
    declare("0600");
    for (const ran of [await stack.up(), await stack.destroy()]) {
      expect(failed(ran)).toMatch(/ECONNREFUSED/);
      expect(ran.output).not.toMatch(/tried/);
    }
    expect(ok(await stack.refresh())).not.toMatch(/tried/);
    expect(ok(await stack.preview())).not.toMatch(/tried/);
  });

  test("whose key is not the declared one is refused at once", async () => {
    const host = await lab.anotherHost();
    const stack = await lab.stack();
    const connection = { ...host.connection, hostKey: lab.host.hostKey, dialErrorLimit: -1 };
    stack.declare({ jails: { app: { connection, root: "/srv/key" } } });
    const up = failed(await stack.up());
    expect(up).toMatch(/its host key has changed/);
    expect(up).not.toMatch(/tried/);
  });
});
