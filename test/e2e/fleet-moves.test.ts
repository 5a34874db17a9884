import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { startFleet, threeWaves } from "../support/fleet-scene";
import type { Stack } from "../support/stack";

/** Makes the state one of a release that did not note when resources changed. */
function forgetChanges(stack: Stack): void {
  const folder = join(stack.directory, "state", ".pulumi", "stacks", "e2e");
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".json"))) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(/"__changed": *"[^"]*",?/g, ""));
  }
}

describe("a fleet", () => {
  const lab = useLab();
  const waveOf = (stack: Stack, name: string) => stack.resource(name).inputs["wave"];

  test("takes over jails of an earlier release, and a host that changes its wave is the same host", async () => {
    const { stack, host, declare } = await startFleet(lab, ["ns1", "ns2", "ns3"]);
    const inode = () => host("ns1").must("stat -c '%i %Z' /srv/app/etc");
    declare(["ns1", "ns2"], { waves: [], plain: "none" });
    ok(await stack.up());
    forgetChanges(stack);
    expect(stack.stateText()).not.toContain("__changed");
    const before = await inode();

    declare(["ns1", "ns2"], { waves: threeWaves, plain: "since" });
    // The fleet, its two hosts and the gate of the first wave.
    expect(ok(await stack.up())).toMatch(/\+ 4 created\n +5 unchanged/);
    expect(waveOf(stack, "named-canary-flag")).toBe("canary");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/9 unchanged/);

    // ns3 joins and is the canary; ns1 goes to the second wave, and ns2 leaves.
    declare(["ns3", "ns1"], { waves: threeWaves });
    const moved = ok(await stack.preview());
    expect(moved).toMatch(/\+ 3 to create\n +~ 1 to update\n +- 3 to delete\n[^\n]*\n? +5 unchanged/);
    expect(moved).toContain("2 hosts: 1 drifted, 1 in sync");
    ok(await stack.up());
    expect(await inode()).toBe(before);
    const names = stack.resources().map(({ urn }) => urn.split("::").at(-1));
    expect(names.filter((name) => name?.includes("ns2"))).toStrictEqual([]);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/9 unchanged/);
  });
});
