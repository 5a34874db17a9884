import { describe, expect, test } from "@jest/globals";
import { InventoryText } from "../../../provider/fleet/inventory/read";

function hostsIn(text: string) {
  const inventory = new InventoryText();
  inventory.addYaml({ path: "h.yml", text });
  return inventory.hosts();
}

describe("a YAML inventory", () => {
  test("has its texts as they are written", () => {
    const text =
      "g:\n  hosts:\n    a: {zone: 010, v: 1.10, on: yes, at: 12:30, off: ~, 5: x, s: '~', u: !unsafe '{{ x }}'}\n";
    expect(hostsIn(text)["a"]?.labels).toStrictEqual({
      "5": "x",
      group: ["g"],
      zone: "010",
      v: "1.10",
      on: "yes",
      at: "12:30",
      s: "~",
      u: "{{ x }}",
    });
  });

  test("may have a name that objects have already", () => {
    const hosts = hostsIn("__proto__:\n  hosts:\n    __proto__: {__proto__: x}\n    constructor:\n");
    expect(Object.keys(hosts)).toStrictEqual(["__proto__", "constructor"]);
    expect(Object.entries(hosts["constructor"] ?? {})).toStrictEqual([
      ["host", "constructor"],
      ["labels", { group: ["__proto__"] }],
    ]);
  });

  const bomb = Array.from({ length: 12 }, (_, at) => `x${at}: &a${at} [${`*a${at - 1}, `.repeat(9)}]`).slice(1);
  const repeated = (at: number) =>
    Array.from({ length: 9 }, (_, child) => `    c${at}_${child}: *a${at - 1}`).join("\n");
  const groups = Array.from({ length: 12 }, (_, at) => `x${at}: &a${at}\n  children:\n${repeated(at)}`).slice(1);
  const bombOfGroups = ["x0: &a0", "  hosts: {'h[0:999]': }", ...groups].join("\n");
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["all:\n  hosts:\n    a: {ansible_password: hunter2\n", /^h\.yml:\d: the file cannot be read: /],
    ["all:\n  hosts:\n   a:\n  a: hunter2\n a:\n", /^h\.yml:\d: the file cannot be read: /],
    ["all:\n  hosts:\n    a:\n    a:\n", /^h\.yml:4: the key "a" is there twice/],
    ["all:\n\thosts: hunter2\n", /^h\.yml:\d: the file cannot be read: /],
    ["a: 1\n---\nb: 1\n", /^h\.yml:\d: the file cannot be read: multiple docs/],
    ["all:\n  hosts:\n    - a\n", /^h\.yml:2: hosts of all is no map\nwrite each name with a colon/],
    [
      "all:\n  host:\n    a:\n",
      /^h\.yml:2: "host" in the group all is neither hosts, children nor vars\ncorrect the ind/,
    ],
    ["all:\n  hosts:\n    a: hunter2\n", /^h\.yml:3: the host a is no map/],
    ["all: hunter2\n", /^h\.yml:1: the group all is no map/],
    [
      "a:\n  children:\n    b:\n      children:\n        a:\n",
      /^h\.yml:5: the group a would be in itself, by way of b/,
    ],
    ["all:\n  hosts:\n    'a[1:2':\n", /^h\.yml:3: the range \[1:2 of/],
    ["a:\n  vars: &v\n    x: *v\n", /^h\.yml:3: the alias \*v has no anchor above it/],
    [`${bombOfGroups}\n`, /^h\.yml:2: the file has more than 1000000 groups and hosts, by its aliases/],
    [`x0: &a0 [a, b]\n${bomb.join("\n")}\n`, /^h\.yml:1: the group x0 is no map/],
    ["a:\n  vars:\n    x: *none\n", /^h\.yml:3: .*alias/],
    [`a: ${"{a: ".repeat(99)}${"}".repeat(99)}`, /^h\.yml:1: the file is more than 64 levels deep/],
    ["? [a]\n: b\n", /^h\.yml:1: a key is no text/],
  ];
  for (const [text, message] of wrong)
    test(`is refused: ${JSON.stringify(text).slice(0, 80)}`, () => {
      expect(() => hostsIn(text)).toThrow(message);
      expect(() => hostsIn(text)).not.toThrow(/hunter2/);
    });
});
