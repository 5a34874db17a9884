import assert from "node:assert/strict";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { FleetHosts } from "../../../provider/fleet/host";
import {
  type DeclaredHost,
  type DeclaredOptions,
  type FleetWave,
  type GatedWave,
  Jail,
  JailFleet,
} from "../../../provider/index";
import { mockEngine, type Registered, settled } from "../../support/mocked-fleet";

let registered: Registered[];
beforeAll(async () => {
  registered = await mockEngine(false);
});
beforeEach(() => {
  registered.splice(0);
});

const hosts = {
  ns1: { host: "ns1.example.com", privateKey: "KEY", labels: { site: "ams" } },
  ns2: { host: "ns2.example.com" },
  ns3: { host: "ns3.example.com" },
};
const ways: Readonly<Record<string, { readonly host: string }>> = hosts;
const baseline = { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" };
const jailOn = ({ name, connection }: DeclaredHost, options: pulumi.CustomResourceOptions) =>
  new Jail(name, { connection, root: "/chroot/named", user: "named", group: "named", baseline }, options);
const waves: FleetWave[] = [{ name: "canary", size: 1, canary: true }, { name: "half", size: "50%" }, { name: "rest" }];
const order = () => registered.filter(({ type }) => !type.startsWith("chroot:index:")).map(({ name }) => name);

describe("a fleet", () => {
  test("registers a wave after the one before it, and ends a wave without gates with one that checks nothing", async () => {
    const fleet = new JailFleet("named", { hosts, waves, declare: jailOn });
    expect(await settled(fleet.hosts)).toStrictEqual({ ns1: "in sync", ns2: "in sync", ns3: "in sync" });
    expect(order()).toStrictEqual(["ns1", "named-canary", "ns2", "named-half", "ns3"]);
    const gate = registered.find(({ name }) => name === "named-canary");
    expect(gate?.type).toBe("Gate");
    expect(gate?.inputs).toMatchObject({ wave: "canary" });
    expect(gate?.inputs["check"]).toBe(undefined);
    expect(gate?.inputs["__provider"]).toBe('exports.handler=()=>require("pulumi-chroot/lifecycle").gate');
    // The wave is in no parent's name: the URN of a host's resource stays the same in any wave.
    const hostNames = registered.filter(({ type }) => type === "chroot:index:FleetHost").map(({ name }) => name);
    expect(hostNames.sort()).toStrictEqual(["named-ns1", "named-ns2", "named-ns3"]);
  });

  test("gives declare the host, its labels and its wave, and the options to pass on", async () => {
    const seen: [DeclaredHost, DeclaredOptions][] = [];
    const fleet = new JailFleet("named", { hosts, waves, declare: (host, options) => void seen.push([host, options]) });
    expect(seen.map(([{ name, wave }]) => `${name} ${wave}`)).toStrictEqual(["ns1 canary", "ns2 half", "ns3 rest"]);
    expect(seen[0]?.[0]).toStrictEqual({
      name: "ns1",
      connection: { host: "ns1.example.com", privateKey: "KEY" },
      labels: { site: "ams" },
      wave: "canary",
    });
    expect(seen.map(([, { dependsOn }]) => dependsOn.length)).toStrictEqual([0, 1, 1]);
    await settled(fleet.hosts);
  });

  test("without hosts does nothing", async () => {
    // An inventory has this type.
    const none: FleetHosts = {};
    const fleet = new JailFleet("named", { hosts: none, waves, declare: () => assert.fail("there is no host") });
    expect(await settled(fleet.hosts)).toStrictEqual({});
    expect(order()).toStrictEqual([]);
  });

  test("tells an error of a host, and a closed gate, which waves do not start", async () => {
    const gates = [{ unit: "named.service" }];
    const fleet = new JailFleet("named", {
      hosts,
      waves: [{ name: "canary", size: 1, gates }, { name: "rest" }],
      declare: jailOn,
    });
    await settled(fleet.hosts);
    const turnOf = (name: string) => openOf(registered.find((one) => one.name === name)?.inputs["turn"]);
    const sentence =
      "JailFleet named: wave canary is not done, so nothing is changed in the later wave rest (ns2, ns3)";
    expect(turnOf("ns1")["laterWaves"]).toBe(sentence);
    expect(turnOf("named-canary-unit named.service")["laterWaves"]).toBe(sentence);
    expect("laterWaves" in turnOf("ns2")).toBe(false);
    // The scans of a wave start together, and none of a later wave: its hosts may change meanwhile.
    const surveyed = (name: string) =>
      (JSON.parse(String(turnOf(name)["survey"])) as { connection: { host: string } }[]).map(
        (one) => one.connection.host,
      );
    expect(surveyed("ns1")).toStrictEqual(["ns1.example.com"]);
    expect(surveyed("ns2")).toStrictEqual(["ns2.example.com", "ns3.example.com"]);
  });
});

describe("a gate", () => {
  test("runs after the one before it; a function gets its wave, and the types are those of @pulumi/command", async () => {
    const seen: GatedWave[] = [];
    const smoke = (wave: GatedWave) => {
      seen.push(wave);
      return wave.hosts.map(
        ({ name }) =>
          new remote.Command(
            `smoke-${name}`,
            { connection: ways[name] ?? assert.fail(), create: "true", triggers: [wave.changes] },
            wave.options,
          ),
      );
    };
    const fleet = new JailFleet("named", {
      hosts,
      waves: [{ name: "canary", size: 2, gates: [{ tcp: { port: 53 } }, smoke, { soak: 1 }] }, { name: "rest" }],
      declare: jailOn,
    });
    await settled(fleet.hosts);
    const [first, second, tcp, ...rest] = order();
    expect([first, second].sort()).toStrictEqual(["ns1", "ns2"]);
    expect(tcp).toBe("named-canary-tcp 53");
    expect(rest.slice(0, 2).sort()).toStrictEqual(["smoke-ns1", "smoke-ns2"]);
    expect(rest.slice(2)).toStrictEqual(["named-canary-soak 1s", "ns3"]);
    expect(seen.map(({ name, hosts: own }) => [name, own.map((host) => host.name)])).toStrictEqual([
      ["canary", ["ns1", "ns2"]],
    ]);
    const changes = registered.find(({ name }) => name === "named-canary-tcp 53")?.inputs["changes"];
    expect(changes).toMatch(/^[0-9a-f]{16}$/);
    expect(registered.find(({ name }) => name === "smoke-ns1")?.inputs["triggers"]).toStrictEqual([changes]);
  });

  test("is told of a change of a resource that declare returns, whosever it is", async () => {
    const changesWith = async (name: string, create: string) => {
      const fleet = new JailFleet(name, {
        hosts: { ns1: hosts.ns1 },
        waves: [{ name: "all", gates: [{ soak: 1 }] }],
        declare: (_host, options) => new remote.Command("c", { connection: hosts.ns2, create }, options),
      });
      await settled(fleet.hosts);
      return openText(registered.find((one) => one.name === `${name}-all-soak 1s`)?.inputs["changes"]);
    };
    const [first, same, other] = [
      await changesWith("one", "true"),
      await changesWith("two", "true"),
      await changesWith("three", "false"),
    ];
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  test("that is a function without a resource is refused", () => {
    const gates = [() => []];
    expect(() => new JailFleet("named", { hosts, waves: [{ name: "all", gates }], declare: jailOn })).toThrow(
      "JailFleet named: the gate function of wave all: it returned no resource: the next wave would not wait for anything",
    );
  });
});

function openOf(value: unknown): Record<string, unknown> {
  const plain = JSON.parse(JSON.stringify(value ?? {})) as Record<string, unknown>;
  return (plain["value"] ?? plain) as Record<string, unknown>;
}

function openText(value: unknown): unknown {
  return typeof value === "string" ? value : openOf(value);
}
