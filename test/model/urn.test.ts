import assert from "node:assert/strict";
import test from "node:test";
import { labelOf, stackOf } from "../../provider/model/urn";

const urn = (types: string, name: string) => `urn:pulumi:dev::site::${types}::${name}`;

test("a URN names its stack as project and stack", () => {
  assert.equal(stackOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "named")), "site/dev");
});

test("a label is type and name, without the stack", () => {
  assert.equal(labelOf(urn("pulumi-nodejs:dynamic/chroot:PermissionRule", "var/run")), "PermissionRule::var/run");
});

test("a label keeps the types of the parents, so that children of two components differ", () => {
  const types = "my:index:Dns$pulumi-nodejs:dynamic/chroot:Jail$pulumi-nodejs:dynamic/chroot:PermissionRule";
  assert.equal(labelOf(urn(types, "var")), "my:index:Dns$Jail$PermissionRule::var");
});

test("a name may have colons in it", () => {
  assert.equal(labelOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "a::b")), "Jail::a::b");
  assert.equal(stackOf(urn("pulumi-nodejs:dynamic/chroot:Jail", "a::b")), "site/dev");
});
