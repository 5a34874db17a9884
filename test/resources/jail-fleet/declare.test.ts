import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as pulumi from "@pulumi/pulumi";
import {
  type DeclaredHost,
  type DeclaredOptions,
  type FleetWave,
  Jail,
  JailFleet,
  PermissionRule,
} from "../../../provider/index";
import { mockEngine, type Registered, settled } from "../../support/mocked-fleet";

let registered: Registered[];
beforeAll(async () => {
  registered = await mockEngine(false);
});

const hosts = { ns1: { host: "ns1" }, ns2: { host: "ns2" } };
const waves: FleetWave[] = [{ name: "canary", size: 1, canary: true }, { name: "rest" }];
const baseline = { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" };
const jailOn = ({ name, connection }: DeclaredHost, options: pulumi.CustomResourceOptions) =>
  new Jail(name, { connection, root: "/chroot/named", user: "named", group: "named", baseline }, options);

test("a rule that comes after its Jail needs no options, and the options may have more", async () => {
  const fleet = new JailFleet("named", {
    hosts,
    waves,
    declare: (host, options) => {
      const jail = jailOn(host, { ...options, dependsOn: [...options.dependsOn], protect: false });
      new PermissionRule(`${host.name}-etc`, { jail, match: "etc", owner: "root", reason: "why" });
    },
  });
  await settled(fleet.hosts);
  const order = registered.filter(({ type }) => !type.startsWith("chroot:index:")).map(({ name }) => name);
  expect(order).toStrictEqual(["ns1", "ns1-etc", "named-canary", "ns2", "ns2-etc"]);
});

describe("declare is refused", () => {
  const fleetOf = (declare: unknown) => () =>
    new JailFleet("named", { hosts, waves, declare: declare as typeof jailOn });

  test("where a resource of this package has not got the options: it would not wait for its wave", () => {
    const mistake =
      "JailFleet named: declare(ns1): Jail ns1 has not got the options of declare: pass them as its last argument, else it does not wait for the wave before";
    expect(fleetOf((host: DeclaredHost) => jailOn(host, {}))).toThrow(mistake);
    expect(fleetOf((host: DeclaredHost, { parent }: DeclaredOptions) => jailOn(host, { parent }))).toThrow(mistake);
    const place = { connection: hosts.ns1, root: "/chroot/named" };
    expect(fleetOf(() => new PermissionRule("r", { jail: place, match: "etc", owner: "root", reason: "why" }))).toThrow(
      "declare(ns1): PermissionRule r has not got the options of declare",
    );
  });

  test("where it is an async function, or returns anything but resources", () => {
    expect(fleetOf(async () => undefined)).toThrow("declare(ns1): it returned a Promise");
    expect(fleetOf(() => "jail")).toThrow("declare(ns1): it returned something that is no resource and no Output");
  });
});
