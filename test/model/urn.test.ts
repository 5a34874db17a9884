import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { parseRecord } from "../../provider/intent/registry-record";
import { labelOf, stackOf } from "../../provider/model/urn";

const urn = (types: string, name: string) => `urn:pulumi:dev::site::${types}::${name}`;

test("a URN names its stack as project and stack", () => {
  expect(stackOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "named"))).toBe("site/dev");
});

test("a label is type and name, without the stack", () => {
  expect(labelOf(urn("pulumi-nodejs:dynamic/chroot:PermissionRule", "var/run"))).toBe("PermissionRule::var/run");
});

test("a label keeps the types of the parents, so that children of two components differ", () => {
  const types = "my:index:Dns$pulumi-nodejs:dynamic/chroot:Jail$pulumi-nodejs:dynamic/chroot:PermissionRule";
  expect(labelOf(urn(types, "var"))).toBe("my:index:Dns$Jail$PermissionRule::var");
});

test("a label of a fleet's host has the components of JailFleet in one word", () => {
  const types = "chroot:index:JailFleet$chroot:index:FleetHost$pulumi-nodejs:dynamic/chroot:Jail";
  expect(labelOf(urn(types, "ns1"))).toBe("JailFleet$Jail::ns1");
});

test("a name may have colons in it", () => {
  expect(labelOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "a::b"))).toBe("Jail::a::b");
  expect(stackOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "a::b"))).toBe("site/dev");
});

test("a label is one that the registry takes, whatever the name is, and each name has its own", () => {
  const token = "0a".repeat(16);
  const names = ["a b", "a\\b", "a\\\\b", "a\nb", "⚙️", "⚙", "zoné", "<{%reset%}>", "\u202e", "a\tb"];
  const labels = names.map((name) => labelOf(urn("pulumi-nodejs:dynamic/chroot:PermissionRule", name)));
  expect(new Set(labels).size).toBe(names.length);
  for (const label of labels) {
    const record = { schema: 1, kind: "PermissionRule", token, label, stack: "p/s", machine: "m", args: {} };
    assert.deepEqual(parseRecord(`${token}.json`, JSON.stringify(record)), record, label);
  }
});
