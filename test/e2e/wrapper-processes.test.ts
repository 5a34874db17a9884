import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { root, begin, declare, count, start, stop } = useWrapper();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("tells of processes that are not as it starts them, with what to do, and fails for them where that is asked", async () => {
    const pid = await start("/usr/sbin/chroot", root, "/bin/sleep", "1000");
    const preview = ok(await stack.preview());
    expect(preview).toMatch(new RegExp(`process ${pid} \\(sleep\\) runs with uid 0: `));
    expect(preview).toMatch(/2 unchanged|unchanged/);
    declare({ failOnStaleProcess: true });
    const drift = shownDrift(ok(await stack.preview("--diff")), "sleeper") ?? {};
    expect(drift["(process 1)"] ?? "").toMatch(new RegExp(`process ${pid} \\(sleep\\) .*uid 0`));
    expect(failed(await stack.up())).toMatch(/Wrapper::sleeper is not converged.*process \d+ \(sleep\)/);
    assert.equal(await count(), "2", "it was to be restarted");
    await stop();
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
  });
});
