import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { LabHost } from "../support/sshd";
import type { Stack } from "../support/stack";

describe("what was on a host that is gone", () => {
  const lab = useLab();
  let host: LabHost;
  let stack: Stack;
  const declare = (more: object = {}, mode = "0711") =>
    stack.declare({
      jails: { app: { connection: { ...host.connection, ...more }, root: "/srv/gone", directories: { a: "one" } } },
      rules: { one: { jail: "app", match: "a", directoryMode: mode } },
      files: { file: { jail: "app", path: "a/b", content: "text", hostLink: "/etc/linked" } },
    });
  beforeAll(async () => {
    host = await lab.anotherHost();
    stack = await lab.stack();
    declare();
    ok(await stack.up());
  });
  const names = () => stack.resources().map(({ urn }) => urn.split("::").at(-1));

  test("is kept in the state by a destroy, which says how to get rid of it", async () => {
    await host.stopSshd();
    const destroy = failed(await stack.destroy("--continue-on-error"));
    expect(destroy).toMatch(new RegExp(`root@127\\.0\\.0\\.1:${host.port}:/srv/gone: .*ECONNREFUSED`));
    expect(destroy).toMatch(/onUnreachable: "skip".*pulumi up.*pulumi state delete/);
    expect(names()).toContain("app");
    await host.startSshd();
    ok(await stack.up());
    await host.stopSshd();
  });

  test("is told to go without the host by an up that says skip and nothing else, which hides no drift", async () => {
    declare({ onUnreachable: "skip" });
    expect(ok(await stack.up())).toMatch(/3 updated/);
    expect((stack.resource("app").inputs["connection"] as { onUnreachable: string }).onUnreachable).toBe("skip");
    expect(shownDrift(ok(await stack.preview("--diff")), "app")?.["(host)"] ?? "").toMatch(/^not checked/);
    expect(failed(await stack.up())).toMatch(/ECONNREFUSED/);
    declare({ onUnreachable: "skip", perDialTimeout: 9 }, "0700");
    const one = failed(await stack.up("--target", stack.resource("one").urn));
    assert.match(one, /ECONNREFUSED/, "more is new than the way");
  });

  test("goes from the state alone with skip: one file, of which the log says where it was left", async () => {
    const place = `root@127.0.0.1:${host.port}:/srv/gone`;
    const said = (output: string) =>
      linesWith(output, place).map((line) => line.slice(line.indexOf(place) + place.length));
    const [file] = said(ok(await stack.destroy("--target", stack.resource("file").urn)));
    expect(file ?? "").toMatch(
      /deleted from the state alone: .*ECONNREFUSED\); \/srv\/gone\/a\/b, \/etc\/linked and its record are left/,
    );
  });

  test("is not gone where the host is there and refuses the login", async () => {
    await host.startSshd();
    await host.must("mv /etc/ssh/authorized_keys /etc/ssh/away");
    expect(failed(await stack.destroy())).toMatch(/does not accept connection\.privateKey\n.*run `pulumi up` first/);
    expect(names()).toContain("app");
    await host.must("mv /etc/ssh/away /etc/ssh/authorized_keys");
    await host.stopSshd();
  });

  test("goes with skip as a whole, and the log says what was left", async () => {
    const destroy = ok(await stack.destroy());
    expect(destroy).toMatch(
      /warning: .*ECONNREFUSED\); the jail, the files of its resources, and their records are left there/,
    );
    expect(stack.resources()).toStrictEqual([]);
    await host.startSshd();
    expect(await host.must("cat /etc/linked; stat -c %a /srv/gone/a")).toBe("text711\n");
  });
});
