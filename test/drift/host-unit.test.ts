import { describe, expect, test } from "@jest/globals";
import { hostUnitsOf } from "../../provider/drift/host-unit";
import { stackStateOf } from "../../provider/drift/stack-state";

const start = "urn:pulumi:prod::dns";
const provider = 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail';
const jailType = "pulumi-nodejs:dynamic/chroot:Jail";
const ours = (urn: string, parent: string, type: string, inputs: object) => ({
  urn,
  parent,
  type,
  inputs: { __provider: provider, ...inputs },
});
const jailOn = (host: string, parent = "", types = "") =>
  ours(`${start}::${types}${jailType}::${parent.split("::").slice(3)}-${host}`, parent, jailType, {
    connection: { host },
    root: "/srv",
  });
/** The resources of a host in a JailFleet, as a state has them. */
const member = (fleet: string, name: string, host: string) => {
  const component = `${start}::chroot:index:JailFleet::${fleet}`;
  const parent = `${start}::chroot:index:JailFleet$chroot:index:FleetHost::${fleet}-${name}`;
  const jail = jailOn(host, parent, "chroot:index:JailFleet$chroot:index:FleetHost$");
  return [
    { urn: component, type: "chroot:index:JailFleet", parent: `${start}::pulumi:pulumi:Stack::dns-prod` },
    { urn: parent, type: "chroot:index:FleetHost", parent: component },
    jail,
  ];
};
const namesOf = (resources: unknown[], more: object = {}) => {
  const text = JSON.stringify({ version: 3, deployment: { resources } });
  return hostUnitsOf({ ...stackStateOf("given", text), ...more }).map(({ name, address }) => [name, address]);
};

describe("the name of a host in a report", () => {
  test("is the one in its JailFleet, also for a resource below its jail", () => {
    const rules = "pulumi-nodejs:dynamic/chroot:PermissionRule";
    const own = member("name-d", "ns-1::a", "10.0.0.1");
    const jail = String(own[2]?.urn);
    const rule = ours(`${jail.replace(jailType, `${jailType}$${rules}`)}-rule`, jail, rules, {
      jail: { connection: { host: "10.0.0.1" }, root: "/srv" },
      match: "etc",
    });
    expect(namesOf([...own, rule, ...member("name-d", "ns-2", "10.0.0.2")])).toStrictEqual([
      ["ns-1::a", "10.0.0.1"],
      ["ns-2", "10.0.0.2"],
    ]);
  });

  test("is its address where no fleet has it, or where another host of the stack would have the same name", () => {
    expect(namesOf([jailOn("10.0.0.1")])).toStrictEqual([["10.0.0.1", "10.0.0.1"]]);
    const twoFleets = [...member("a", "ns1", "10.0.0.1"), ...member("b", "ns1", "10.0.0.2")];
    expect(namesOf(twoFleets)).toStrictEqual([
      ["10.0.0.1", "10.0.0.1"],
      ["10.0.0.2", "10.0.0.2"],
    ]);
    const twoNames = [...member("a", "ns1", "10.0.0.1"), ...member("b", "web", "10.0.0.1")];
    expect(namesOf(twoNames)).toStrictEqual([["10.0.0.1", "10.0.0.1"]]);
    const otherAddress = [...member("a", "ns1", "10.0.0.1"), jailOn("ns1")];
    expect(namesOf(otherAddress)).toStrictEqual([
      ["10.0.0.1", "10.0.0.1"],
      ["ns1", "ns1"],
    ]);
  });

  test("is the unit of a rollout that is one host", () => {
    expect(namesOf([jailOn("10.0.0.1")], { unit: "ns1" })).toStrictEqual([["ns1", "10.0.0.1"]]);
    expect(namesOf([jailOn("10.0.0.1"), jailOn("10.0.0.2")], { unit: "ams" })).toStrictEqual([
      ["10.0.0.1", "10.0.0.1"],
      ["10.0.0.2", "10.0.0.2"],
    ]);
  });
});
