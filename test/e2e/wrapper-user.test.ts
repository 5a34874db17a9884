import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab, path, begin, declare, count, start, stop } = useWrapper();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
  });

  test("of a user that was renumbered is not written anew while the daemon runs as the old one", async () => {
    declare();
    ok(await stack.up());
    const runs = await count();
    await start(path);
    await lab.host.must("sed -i 's/^www:x:1033:/www:x:1044:/' /etc/passwd");
    expect(ok(await stack.preview("--diff"))).toMatch(
      /its user had the number 1033 and has 1044 now, and process \d+ runs/,
    );
    failed(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 /);
    await stop();
    ok(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1044 /);
    expect(Number(await count())).toBe(Number(runs) + 1);
    await lab.host.must("sed -i 's/^www:x:1044:/www:x:1033:/' /etc/passwd");
    ok(await stack.up());
  });
});
