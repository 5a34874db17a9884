import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { useGoneHost } from "../support/gone-host";

describe("what was on a host that is gone", () => {
  const { lab, shared, declare, names } = useGoneHost();

  test("is kept in the state by a destroy, which says how to get rid of it", async () => {
    const { stack } = shared;
    const { host } = lab;
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
    const { stack } = shared;
    declare({ onUnreachable: "skip" });
    expect(ok(await stack.up())).toMatch(/3 updated/);
    expect((stack.resource("app").inputs["connection"] as { onUnreachable: string }).onUnreachable).toBe("skip");
    expect(shownDrift(ok(await stack.preview("--diff")), "app")?.["(host)"] ?? "").toMatch(/^not checked/);
    expect(failed(await stack.up())).toMatch(/ECONNREFUSED/);
    declare({ onUnreachable: "skip", perDialTimeout: 9 }, "0700");
    const one = failed(await stack.up("--target", stack.resource("one").urn));
    assert.match(one, /ECONNREFUSED/, "more is new than the way");
  });
});
