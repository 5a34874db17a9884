import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { JailFleet, type JailFleetArgs } from "../../../provider/index";

const declare = () => undefined;
const hosts = { ns1: { host: "ns1", labels: { site: "ams" } }, ns2: { host: "ns2", labels: { site: "fra" } } };
const waves = [{ name: "all" }];
const ok = { hosts, waves, declare };

/** The mistake that a fleet with these arguments has; a program in JavaScript may give anything. */
function mistakeIn(args: unknown): string {
  try {
    new JailFleet("named", args as JailFleetArgs);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("there was no mistake");
}

describe("a fleet refuses, before it constructs anything,", () => {
  const cases: readonly [string, unknown, string][] = [
    ["no arguments", undefined, "the arguments are missing, or are not an object"],
    ["hosts that are undefined", { ...ok, hosts: undefined }, "hosts is missing: give the connections by name"],
    [
      "hosts that come later",
      { ...ok, hosts: pulumi.output(hosts) },
      "hosts is an Output or a Promise: waves are planned before anything starts, so give an object (its connections may have Outputs in them)",
    ],
    [
      "a host without a connection",
      { ...ok, hosts: { ns1: "ns1.example.com" } },
      'hosts.ns1 is no connection: give an object such as { host: "ns1.example.com" }',
    ],
    ["a misspelt argument", { ...ok, wave: [] }, "wave is not known here: waves is meant?"],
    ["a fleet without waves", { ...ok, waves: [] }, 'waves is empty: give at least one wave, such as { name: "all" }'],
    ["no declare", { hosts, waves }, "declare is no function: it constructs the resources of a host"],
    ["a nameless wave", { ...ok, waves: [{}] }, "waves[0].name is missing, or is blank"],
    [
      "a misspelt property",
      { ...ok, waves: [{ name: "a", canari: true }] },
      "waves[0]: canari is not known here: canary is meant?",
    ],
    [
      "a size that is none",
      { ...ok, waves: [{ name: "a", size: "half" }] },
      'waves[0].size: "half" is no percentage, such as "10%"',
    ],
    [
      "an unknown label",
      { ...ok, waves: [{ name: "a", labels: { sit: "ams" } }] },
      "waves[0].labels: no host has a label sit: site is meant?",
    ],
    [
      "a value of a label that no host has",
      { ...ok, waves: [{ name: "a", labels: { site: ["ams", "amz"] } }] },
      "waves[0].labels.site: no host has the value amz: ams is meant?",
    ],
    [
      "two waves of one name",
      { ...ok, waves: [{ name: "a" }, { name: "a" }] },
      "waves has two waves with the name a: give one of them another name",
    ],
    [
      "a late canary wave",
      {
        ...ok,
        waves: [
          { name: "a", size: 1 },
          { name: "b", canary: true },
        ],
      },
      "waves: the canary wave b comes after a wave that is none: move it to the start",
    ],
    [
      "a host that no wave takes",
      { ...ok, waves: [{ name: "a", labels: { site: "ams" } }] },
      "waves: no wave takes ns2: add a wave without labels at the end",
    ],
    [
      "a gate with two checks",
      { ...ok, waves: [{ name: "a", gates: [{ tcp: { port: 53 }, unit: "named" }] }] },
      "waves[0].gates[0]: tcp and unit are two checks: make two gates, as a gate has one",
    ],
    [
      "two gates of one name, and counts the functions between them",
      { ...ok, waves: [{ name: "a", gates: [{ unit: "a" }, () => [], { unit: "a" }] }] },
      "waves[0].gates[0] and gates[2] are both called unit a: give one of them a name",
    ],
    [
      "hostile names, in escaped form",
      { ...ok, hosts: { "ns\u001b[2J": 1 } },
      'hosts.ns\\x1b[2J is no connection: give an object such as { host: "ns1.example.com" }',
    ],
  ];
  for (const [name, args, mistake] of cases)
    test(name, () => expect(mistakeIn(args)).toBe(`JailFleet named: ${mistake}`));
});
