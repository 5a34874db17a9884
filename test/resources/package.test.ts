import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import * as index from "../../provider/index";
import * as lifecycle from "../../provider/lifecycle";
import { kinds } from "../../provider/resources/kinds";

const root = join(__dirname, "..", "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;

test("the package exports a class for each kind of resource, the mtree specification, and nothing else", () => {
  assert.deepEqual(Object.keys(index).sort(), [...kinds.keys(), "mtreeSpec"].sort());
  assert.deepEqual(Object.keys(index).sort(), ["Jail", "JailFile", "PermissionRule", "Wrapper", "mtreeSpec"]);
});

test("a program in plain JavaScript that leaves out a connection or a jail is told which resource lacks what", () => {
  const { Jail, PermissionRule } = index as unknown as Record<string, new (name: string, args: object) => unknown>;
  assert.ok(Jail && PermissionRule);
  const rule = { match: "a", reason: "why" };
  assert.throws(() => new Jail("j", { root: "/srv/j" }), /^Error: Jail j: connection is missing/);
  assert.throws(() => new PermissionRule("r", rule), /^Error: PermissionRule r: jail is missing/);
  assert.throws(() => new PermissionRule("r", { ...rule, jail: "/srv/j" }), /jail is missing, or is not an object/);
  assert.throws(() => new PermissionRule("r", { ...rule, jail: { root: "/" } }), /r: jail: connection is missing/);
});

test("the frozen entry has handlers for each kind, under names that states hold for ever", () => {
  assert.deepEqual(Object.keys(lifecycle).sort(), ["jail", "jailFile", "permissionRule", "wrapper"]);
});

test("a program can require the package, its frozen entry, its schema and its manifest, and nothing behind them", () => {
  assert.equal(manifest["name"], "pulumi-chroot");
  assert.deepEqual(Object.keys(manifest["exports"] as object), [".", "./lifecycle", "./schema.json", "./package.json"]);
  const exported = manifest["exports"] as Record<string, { default: string }>;
  assert.equal(exported["."]?.default, "./dist/provider/index.js");
  assert.equal(exported["./lifecycle"]?.default, "./dist/provider/lifecycle.js");
  assert.throws(
    () => require.resolve("pulumi-chroot/dist/provider/lifecycle.js"),
    /not exported|not defined by "exports"/,
  );
});

test("the package depends on an SSH client, a validator and what compares texts at run time, the SDK being the program's", () => {
  assert.deepEqual(Object.keys(manifest["dependencies"] as object).sort(), ["diff", "ssh-config", "ssh2", "zod"]);
  assert.deepEqual(manifest["peerDependencies"], { "@pulumi/pulumi": ">=3.216.0 <4" });
});
