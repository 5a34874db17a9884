import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import { changedAt, modeOn, startFleet, threeWaves } from "../support/fleet-scene";

describe("a fleet", () => {
  const lab = useLab();

  test("lets --target pass the waves, and --refresh find drift in each of them; a gate sees drift after its wave", async () => {
    const names = ["ns1", "ns2"];
    const { stack, host, declare } = await startFleet(lab, names);
    declare(names, { waves: threeWaves });
    ok(await stack.up());
    const later = { waves: threeWaves, mode: "0751" };
    declare(names, later);
    expect(ok(await stack.up("--target", "**ns2-etc"))).toMatch(/~ 1 updated/);
    expect([await modeOn(host("ns1")), await modeOn(host("ns2"))]).toStrictEqual(["711", "751"]);

    for (const name of names) await host(name).must("chmod 777 /srv/app/etc");
    const refreshed = ok(await stack.up("--refresh"));
    expect(refreshed).toMatch(/~ 3 updated/);
    expect([await modeOn(host("ns1")), await modeOn(host("ns2"))]).toStrictEqual(["751", "751"]);
    expect(changedAt(stack, "named-canary-flag") < changedAt(stack, "ns2-etc")).toBe(true);
    expect(ok(await stack.preview("--refresh", "--expect-no-changes"))).toMatch(/9 unchanged/);

    // Gates run in their order: one makes drift, and the next one looks again at the jails of the wave.
    const mess = { name: "mess", command: "chmod 777 /srv/app/etc" };
    const gates = [{ noDrift: true as const }, mess, { name: "again", noDrift: true as const, timeout: 1 }];
    const [canary = { name: "canary" }] = threeWaves;
    declare(names, { ...later, waves: [canary, { name: "rest", gates }] });
    const drifted = failed(await stack.up());
    expect(drifted).toContain("error: the gate again is closed: JailFleet named, wave rest: ");
    expect(drifted).toMatch(/ns2: \/srv\/app differs: etc/);
    expect(drifted).toMatch(/\+ 2 created/);
  });
});
