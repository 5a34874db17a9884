import { describe, expect, test } from "@jest/globals";
import { InventoryText } from "../../../provider/fleet/inventory/read";

function hostsIn(json: unknown) {
  const inventory = new InventoryText();
  inventory.addJson({ path: "f.json", text: JSON.stringify(json) });
  return inventory.hosts();
}

describe("JSON", () => {
  test("is the fleet as it stands", () => {
    const fleet = {
      ns1: {
        host: "ns1.example.com",
        port: 22,
        become: { method: "sudo" },
        labels: { site: "ams", group: ["a", "b"] },
      },
      "</script>": { host: "10.0.0.1" },
    };
    expect(hostsIn(fleet)).toStrictEqual(fleet);
  });

  test("is refused with a host whose name would be lost", () => {
    const inventory = new InventoryText();
    const text = '{ "__proto__": { "host": "10.0.0.1" }, "ns1": { "host": "10.0.0.2" } }';
    expect(() => inventory.addJson({ path: "f.json", text })).toThrow(
      "f.json: the host __proto__ has a name that JavaScript keeps for itself\ngive the host another name",
    );
  });

  test("may be a list as inventory scripts print it", () => {
    const vault = { __ansible_vault: "hunter2" };
    const list = {
      g: ["a"],
      h: { children: ["g"], vars: { site: "ams" } },
      _meta: { hostvars: { a: { ansible_port: 22 } } },
    };
    expect(hostsIn(list)).toStrictEqual({
      a: { host: "a", port: 22, labels: { group: ["g", "h"], site: "ams" } },
    });
    const hostvars = (variables: object) => ({ _meta: { hostvars: { a: variables } } });
    expect(hostsIn(hostvars({ ansible_password: { __ansible_unsafe: "{{" } }))).toMatchObject({
      a: { password: "{{" },
    });
    expect(() => hostsIn(hostvars({ ansible_password: vault }))).toThrow(
      /^f\.json: the host a: ansible_password is enc/,
    );
    expect(() => hostsIn({ ...list, g: { hosts: "a" } })).toThrow(/^f\.json: hosts of the group g is no list of names/);
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[], /^f\.json: the file must be an object, not a list\nwrite each host as/],
    [{ ns1: "ns1" }, /^f\.json: the host ns1 must be an object, not a string/],
    [{ ns1: {} }, /^f\.json: the host ns1: host is missing/],
    [{ ns1: { host: "a", prot: 22 } }, /^f\.json: the host ns1: prot is not known: did you mean port\?/],
    [{ ns1: { host: "a", port: "22" } }, /^f\.json: the host ns1: port must be a number, not a string/],
    [{ ns1: { host: "a", become: { method: "su" } } }, /the host ns1: become\.method must be "sudo" or "doas"/],
    [
      { ns1: { host: "a", labels: { site: 1 } } },
      /the host ns1: labels\.site must be a string or a list, not a number/,
    ],
    [{ "a\x1b\u202e": { host: "a b" } }, /^f\.json: the host a\\x1b\\xe2\\x80\\xae: host has characters/],
  ];
  for (const [json, message] of wrong)
    test(`is refused: ${JSON.stringify(json)}`, () => {
      expect(() => hostsIn(json)).toThrow(message);
    });
});
