import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { jailed } from "../support/daemon";
import { ok } from "../support/e2e";
import { launcher, root, useNginx } from "../support/nginx";
import { restart } from "../support/restart";

describe("nginx in the jail of examples/nginx", () => {
  const { lab, asks, start, kept } = useNginx();

  test("goes on when the jail is no longer Pulumi's, also after a restart", async () => {
    ok(await lab.stack.pulumi("config", "rm", "onDelete"));
    ok(await lab.stack.up());
    await start();
    const before = kept();
    ok(await lab.stack.destroy());
    expect(kept()).toStrictEqual(before);
    assert.ok(await asks());
    expect(jailed(lab.host).length).toBe(3);
    await lab.host.must(`test -x ${launcher} && test -L /etc/nginx-jail.conf`);
    await restart(lab.host, root);
    await lab.host.must("mount -a");
    await start();
  });
});
