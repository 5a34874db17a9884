import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Output } from "@pulumi/pulumi";
import { failed, ok, useLab } from "../support/e2e";
import type { Program } from "../support/program";
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
    const { host } = lab;
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
