import { expect, test } from "@jest/globals";
import { type FleetOfJailsArgs, makeFleetOfJails } from "../../provider/plugin/fleet-of-jails";

const hosts = { ns1: { host: "ns1.example.com" } };
const waves = [{ name: "all" }];

test.each([
  ["an unknown argument", { jails: { app: {} }, jial: {} }, "jial is not known here; known: hosts, waves, jails"],
  ["no jails", {}, "jails is no map of names to jails, or is empty"],
  ["a jail that is a text", { jails: { app: "x" } }, "jails.app is no map: give the arguments of a JailBundle"],
  [
    "a jail with a connection",
    { jails: { app: { connection: hosts.ns1 } } },
    "jails.app has a connection: remove it, as each host of the fleet has its own",
  ],
  ["no wave", { jails: { app: {} }, waves: [] }, 'waves is empty: give at least one wave, such as { name: "all" }'],
])("a fleet with %s is refused before anything is constructed", (_, more, why) => {
  const args = { hosts, waves, ...more } as unknown as FleetOfJailsArgs;
  expect(() => makeFleetOfJails("named", args, {})).toThrow(new Error(`JailFleet named: ${why}`));
});
