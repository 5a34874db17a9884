import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, useLab } from "../support/e2e";

describe("a host that a program makes", () => {
  const lab = useLab();

  test("that never comes is given up after dialErrorLimit attempts; a resource that is there already waits for nothing", async () => {
    const { host } = lab;
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
});
