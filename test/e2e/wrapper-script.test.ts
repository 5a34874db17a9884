import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab, path, begin, declare, count, start, stop } = useWrapper();
  let stack: Stack;

  // The second test begins where the first one ended.
  beforeAll(async () => {
    stack = await begin();
  });

  test("is written with numbers for names, root's, and started by nobody but whoever runs it", async () => {
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "sleeper", "create")?.[path] ?? "").toMatch(/^absent => root:root 0755 file sha256:/);
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${path}`)).toBe("root:root 755\n");
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 GROUP=1033/);
    assert.equal(await count(), "1", "what is new is restarted");
    const pid = await start(path);
    const status = await lab.host.must(`cat /proc/${pid}/status`);
    expect(status).toMatch(/^Uid:\t1033\t1033\t1033\t1033$/m);
    expect(status).toMatch(/^CapEff:\t0{16}$/m);
    ok(await stack.preview("--expect-no-changes"));
    ok(await stack.up());
    assert.equal(await count(), "1", "what has not changed is not");
    await stop();
  });

  test("that was changed is shown, comes back, and is restarted once", async () => {
    await lab.host.must(`sed -i s/DAEMON=1033/DAEMON=0/ ${path}; chmod 775 ${path}`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "sleeper")?.[path] ?? "").toMatch(/^root:root 0775 sha256:.* => root:root 0755 sha256:/);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 /);
    expect(await count()).toBe("2");
    ok(await stack.preview("--expect-no-changes"));
  });
});
