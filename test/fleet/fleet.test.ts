import { describe, expect, test } from "@jest/globals";
import { declarationOf, defineFleet, type Fleet, unitsOfFleet } from "../../provider/fleet/fleet";
import { fleetMistake } from "../../provider/fleet/fleet-arguments";
import { gateName } from "../../provider/fleet/gate-name";

const fleet = defineFleet({
  name: "dns",
  units: {
    ns1: { host: "ns1.example.com", labels: { site: "ams" } },
    web: { hosts: { w1: { host: "w1", labels: { x: "y" } }, w2: { host: "w2" } }, labels: { site: ["fra", "ber"] } },
  },
  declare: () => undefined,
});

describe("a fleet", () => {
  test("gives its program the ways to the hosts of each unit, without labels", () => {
    const ns1 = { host: "ns1.example.com" };
    expect([...unitsOfFleet(fleet).values()]).toStrictEqual([
      { name: "ns1", labels: { site: "ams" }, connection: ns1, hosts: { ns1 } },
      {
        name: "web",
        labels: { site: ["fra", "ber"] },
        connection: { host: "w1" },
        hosts: { w1: { host: "w1" }, w2: { host: "w2" } },
      },
    ]);
  });

  test("has its own gates before those of a wave, and an approval before each wave but the first", () => {
    const waves = [
      { name: "one", gates: [{ unit: "named.service" }] },
      { name: "two" },
      { name: "three", needsApproval: false },
    ];
    const whole = { ...fleet, waves, gates: [{ tcp: { port: 53 } }], approvals: true, maxFailures: "10%" as const };
    const { maxFailures, waves: planned } = declarationOf(whole, "up", 4, gateName);
    expect(maxFailures).toBe("10%");
    expect(planned.map(({ gates, needsApproval }) => [gates, needsApproval])).toStrictEqual([
      [["tcp 53", "unit named.service"], false],
      [["tcp 53"], true],
      [["tcp 53"], false],
    ]);
  });

  test("runs every unit in a preview: nothing stops it, and nothing is asked", () => {
    const waves = [{ name: "one", canary: true, gates: [{ soak: 5 }], needsApproval: true }, { name: "two" }];
    expect(declarationOf({ ...fleet, waves, maxUnreachable: 0 }, "preview", 4, gateName)).toStrictEqual({
      mode: "preview",
      width: 4,
      maxFailures: "100%",
      waves: [
        { name: "one", canary: true, maxFailures: "100%", gates: [], needsApproval: false },
        { name: "two", maxFailures: "100%", gates: [], needsApproval: false },
      ],
    });
  });
});

describe("a mistake in a fleet", () => {
  const mistakes: readonly (readonly [string, object])[] = [
    ["name must be letters, digits, - _ and . only, at most 100, and not . or ..", { name: "a b" }],
    ["name must be letters, digits, - _ and . only, at most 100, and not . or ..", { name: ".." }],
    ["name is missing", { name: undefined }],
    ["units is empty: there is no host to roll out to", { units: {} }],
    ["units.web.hosts is empty: give the group a host, or leave it out", { units: { web: { hosts: {} } } }],
    ["units.ns1.port must be a number, not a string", { units: { ns1: { host: "a", port: "22" } } }],
    ["units.ns1.hsot is not known: did you mean host?", { units: { ns1: { hsot: "a", host: "a" } } }],
    ["units.n\\xe2\\x80\\xae.host is missing", { units: { "n\u202e": {} } }],
    ["units.web.hosts.w1.host is missing", { units: { web: { hosts: { w1: {} } } } }],
    ["declare must be a function", { declare: "x" }],
    ["wave is not known: did you mean waves?", { wave: [] }],
    ["waves.0.canry is not known: did you mean canary?", { waves: [{ name: "lab", canry: true }] }],
    ["waves.0.name is missing", { waves: [{}] }],
    ['waves.0.size "x%" is no percentage, such as "10%"', { waves: [{ name: "a", size: "x%" }] }],
    ["maxFailures -1 is no number of units", { maxFailures: -1 }],
    ["width must be 1 or more", { width: 0 }],
    ["approvals must be true or false, not a string", { approvals: "yes" }],
    [
      "wave a, with the fleet's own gates first: gates[0] and gates[1] are both called tcp 53: give one of them a name",
      { gates: [{ tcp: { port: 53 } }], waves: [{ name: "a", gates: [{ tcp: { port: 53 } }] }] },
    ],
    [
      "wave all, with the fleet's own gates first: gates[0]: the gate has no check: give it one of tcp, dns, http, unit, command, noDrift, soak",
      { gates: [{}] },
    ],
  ];
  for (const [text, change] of mistakes)
    test(`is told: ${text}`, () => {
      expect(fleetMistake({ ...fleet, ...change } as Fleet)).toBe(text);
    });

  test("is none in a whole fleet, and a value that is no fleet is told", () => {
    expect(fleetMistake(fleet)).toBe(undefined);
    expect(fleetMistake(undefined)).toBe("the fleet is missing");
  });
});
