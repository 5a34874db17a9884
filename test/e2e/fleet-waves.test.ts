import { describe, expect, test } from "@jest/globals";
import { failed, ok, section, shownDrift, useLab } from "../support/e2e";
import { changedAt, modeOn, startFleet, threeWaves } from "../support/fleet-scene";

describe("a fleet", () => {
  const lab = useLab();

  test("changes one wave after the other, and stops where a gate is closed", async () => {
    const names = ["ns1", "ns2", "ns3"];
    const { stack, host, declare } = await startFleet(lab, names);
    declare(names, { waves: threeWaves });
    const made = ok(await stack.up());
    expect(made).toContain("3 hosts in sync: ns1, ns2, ns3");
    const order = ["ns1", "ns1-etc", "named-canary-flag", "ns2", "ns2-etc", "named-half", "ns3", "ns3-etc"];
    const times = order.map((name) => changedAt(stack, name));
    expect(times).toStrictEqual([...times].sort());
    expect(stack.stateText()).not.toContain("PRIVATE KEY");
    const { urn } = stack.resource("ns3");
    expect(urn).toMatch(/::chroot:index:JailFleet\$chroot:index:FleetHost\$pulumi-nodejs:dynamic\/chroot:Jail::ns3$/);

    await host("ns1").must("chmod 777 /srv/app/etc && touch /run/closed");
    await host("ns3").must("chmod 777 /srv/app/etc");
    for (const name of names) host(name).resetCounts();
    const drifted = ok(await stack.preview("--diff"));
    // A preview does not wait for the waves: one connection and one scan for each jail, and no gate runs.
    for (const name of names) expect([host(name).connections(), host(name).scans()]).toStrictEqual([1, 1]);
    expect(shownDrift(drifted, "ns3-etc")).toStrictEqual({ etc: "0777 => 0711" });
    expect(section(drifted, "named-canary-flag")).toMatch(/~ changes: "[0-9a-f]{16}" => (output<string>|\[unknown\])/);
    expect(section(drifted, "named-half")).toBe(undefined);
    expect(drifted).toMatch(/~ 3 to update\n +10 unchanged/);
    expect(drifted).toContain("3 hosts: 2 drifted, 1 in sync\ndrifted      ns1, ns3\nin sync      ns2\n");

    const before = stack.resource("named-canary-flag").outputs;
    const closed = failed(await stack.up());
    expect(closed).toMatch(/error: the gate flag is closed: JailFleet named, wave canary: ns1: .*exit status 1/);
    expect(closed).toContain(
      "JailFleet named: wave canary is not done, so nothing is changed in the later waves half (ns2), rest (ns3); the next pulumi up runs the gate again",
    );
    expect([await modeOn(host("ns1")), await modeOn(host("ns3"))]).toStrictEqual(["711", "777"]);
    expect(stack.resource("named-canary-flag").outputs).toStrictEqual(before);

    // The wave was changed by the run before, and its gate has not seen that yet.
    await host("ns1").must("rm /run/closed");
    expect(ok(await stack.up())).toMatch(/~ 2 updated/);
    expect(await modeOn(host("ns3"))).toBe("711");
    expect(changedAt(stack, "named-canary-flag") > changedAt(stack, "ns1-etc")).toBe(true);
    expect(changedAt(stack, "named-canary-flag") < changedAt(stack, "ns3-etc")).toBe(true);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/13 unchanged/);
  });
});
