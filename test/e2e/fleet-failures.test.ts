import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import { modeOn, startFleet, threeWaves } from "../support/fleet-scene";

describe("a fleet with a host that fails", () => {
  const lab = useLab();

  test("leaves the later waves as they are, also with --continue-on-error, and a destroy asks no gate", async () => {
    const names = ["ns1", "ns2", "ns3"];
    const { stack, host, declare } = await startFleet(lab, names);
    declare(names, { waves: threeWaves });
    ok(await stack.up());

    await host("ns2").stopSshd();
    declare(names, { waves: threeWaves, mode: "0751" });
    const stopped = failed(await stack.up());
    expect(stopped).toMatch(/error: cannot connect: root@127.0.0.1:\d+:\/srv\/app: nothing accepts connections/);
    expect(stopped).toContain(
      "JailFleet named: wave half is not done, so nothing is changed in the later wave rest (ns3)",
    );
    expect([await modeOn(host("ns1")), await modeOn(host("ns3"))]).toStrictEqual(["751", "711"]);

    const further = failed(await stack.up("--continue-on-error"));
    expect(further).toMatch(
      /3 hosts: 1 failed, 1 waiting, 1 in sync\n +failed {7}ns2\n +waiting {6}ns3\n +in sync {6}ns1\n/,
    );
    expect(further).toMatch(/~ ns2: "in sync" => "failed"|ns2: "failed"/);
    expect(await modeOn(host("ns3"))).toBe("711");

    await host("ns2").startSshd();
    await host("ns1").must("touch /run/closed");
    // The last wave goes first.
    const gone = ok(await stack.destroy());
    const at = (name: string) => gone.search(new RegExp(`-  .*[ :]${name} delet(ing|ed)`));
    expect(at("ns3")).toBeGreaterThan(-1);
    expect(at("ns3")).toBeLessThan(at("ns2"));
    expect(at("ns2")).toBeLessThan(at("named-canary-flag"));
    expect(at("named-canary-flag")).toBeLessThan(at("ns1"));
  });
});
