import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab, path, begin, declare, pretendSystemd } = useWrapper();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("that is a unit is enabled, read anew before it is restarted, and shows what disables or overrides it", async () => {
    const unit = "/etc/systemd/system/sleeper.service";
    const wanted = "/etc/systemd/system/multi-user.target.wants/sleeper.service";
    await pretendSystemd();
    declare({ kind: "systemd", path: unit, restart: ["systemctl", "restart", "sleeper"] });
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${unit}; readlink ${wanted}`)).toBe(`root:root 644\n${unit}\n`);
    expect(await lab.host.must(`cat ${unit}`)).toMatch(/^User=1033$/m);
    expect(await lab.host.must("grep -v ^show /run/lab/systemctl")).toBe("daemon-reload\nrestart sleeper\n");
    assert.equal((await lab.host.sh(`ls ${path}`)).code, 2, "the script that it takes the place of has gone");
    ok(await stack.preview("--expect-no-changes"));

    await lab.host.must(`rm ${wanted}`);
    expect(shownDrift(ok(await stack.preview("--diff")), "sleeper")).toStrictEqual({
      [wanted]: `absent => link -> ${unit}`,
    });
    ok(await stack.up());
    await lab.host.must(`mkdir ${unit}.d; printf '[Service]\nUser=root\n' >${unit}.d/override.conf`);
    expect(ok(await stack.preview("--diff"))).toMatch(
      /sleeper\.service\.d\/override\.conf changes the unit: remove it/,
    );
    failed(await stack.up());
    await lab.host.must(`rm -r ${unit}.d`);
    declare();
    ok(await stack.up());
    expect((await lab.host.sh(`ls ${unit} ${wanted}`)).stdout).toBe("");
  });
});
