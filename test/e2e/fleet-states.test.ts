import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import { startFleet } from "../support/fleet-scene";
import { lookedAt } from "../support/look-and-preview";

describe("the states of a fleet's hosts", () => {
  const lab = useLab();

  test("tell refused hosts and hosts that are away in a preview, in the table and in the outputs; an up fails for both", async () => {
    const names = ["ns1", "ns2", "ns3", "ns4"];
    const { stack, host, declare } = await startFleet(lab, names);
    const waves = [{ name: "all" }];
    declare(["ns1", "ns2"], { waves });
    ok(await stack.up());

    // The state knows ns2, and has never heard of ns3 and ns4.
    await host("ns1").must("chmod 777 /srv/app/etc");
    for (const name of ["ns2", "ns3"]) await host(name).stopSshd();
    await host("ns4").must("chmod 777 /srv");
    declare(names, { waves });
    const shown = ok(await stack.preview("--diff"));
    expect(shown).toContain(
      "4 hosts: 1 refused, 2 not checked, 1 drifted\nrefused      ns4\nnot checked  ns2, ns3\ndrifted      ns1\n",
    );
    for (const state of [
      '~ ns1: "in sync" => "drifted"',
      '~ ns2: "in sync" => "not checked"',
      '+ ns3: "not checked"',
      '+ ns4: "refused"',
    ])
      expect(shown).toContain(state);

    // The names of a look for drift are the fleet's: the state has two of its hosts.
    const found = await lookedAt(stack, "project");
    expect(found.map(({ name, jails }) => [name, jails.map(({ state }) => state)])).toStrictEqual([
      ["ns1", ["drifted"]],
      ["ns2", ["not-checked"]],
    ]);

    // A new host is waited for, so ns3 comes back.
    await host("ns3").startSshd();
    const further = failed(await stack.up("--continue-on-error"));
    expect(further).toMatch(/4 hosts: 2 failed, 2 in sync\n +failed {7}ns2, ns4\n +in sync {6}ns1, ns3\n/);
    expect(further).toMatch(/~ ns2: "in sync" => "failed"/);
    expect(further).toMatch(/\+ ns4: "failed"/);
  });
});
