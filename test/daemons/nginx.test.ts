import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { assertWrapped, jailed, lowPortsOnly, undisturbed } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import { account, mounts, root, useNginx } from "../support/nginx";

describe("nginx in the jail of examples/nginx", () => {
  const { lab, page, ask, start, kept } = useNginx();

  test("is made by one up, and starts with no right of root's but one", async () => {
    const preview = ok(await lab.stack.preview("--diff"));
    const shown = shownDrift(preview, "nginx", "create") ?? {};
    expect(shown["usr/sbin/nginx"] ?? "").toMatch(/^absent => root:root 0755 file sha256:/);
    for (const [path, says] of Object.entries(mounts)) expect(shown[path]).toBe(says);
    lab.host.resetCounts();
    ok(await lab.stack.up());
    expect(lab.host.connections()).toBe(1);
    await start();
    const serving = jailed(lab.host);
    assert.equal(serving.length, 3, "a master and two workers");
    for (const each of serving) assertWrapped(each, root, account, lowPortsOnly);
  });

  test("serves what the site's authors write, which nobody in the jail can, and tells the host's time", async () => {
    await lab.host.must("echo 'It works, and is new' >/srv/www/index.html");
    expect(await page()).toMatch(/and is new/);
    const { code, stderr } = await lab.host.sh(`echo x >>${root}/srv/www/index.html`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Read-only file system/);
    expect(await lab.host.must(`tail -n 1 ${root}/var/log/nginx/access.log`)).toMatch(/\+0530\] "GET \/ .* 200 /);
  });

  test("nothing is left to do while it runs, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const before = kept();
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up()));
    assert.ok(asked > 50, `${asked} requests`);
    expect(kept()).toStrictEqual(before);
  });
});
