import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as index from "../../provider/index";
import * as lifecycle from "../../provider/lifecycle";
import { kinds } from "../../provider/resources/kinds";

const root = join(__dirname, "..", "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;

test("the package exports a class for each kind of resource, the mtree specification, and nothing else", () => {
  expect(Object.keys(index).sort()).toStrictEqual([...kinds.keys(), "mtreeSpec"].sort());
  expect(Object.keys(index).sort()).toStrictEqual(["Jail", "JailFile", "PermissionRule", "Wrapper", "mtreeSpec"]);
});

test("a program in plain JavaScript that leaves out a connection or a jail is told which resource lacks what", () => {
  const { Jail, PermissionRule } = index as unknown as Record<string, new (name: string, args: object) => unknown>;
  assert.ok(Jail && PermissionRule);
  const rule = { match: "a", reason: "why" };
  assert.throws(() => new Jail("j", { root: "/srv/j" }), /^Error: Jail j: connection is missing/);
  assert.throws(() => new PermissionRule("r", rule), /^Error: PermissionRule r: jail is missing/);
  expect(() => new PermissionRule("r", { ...rule, jail: "/srv/j" })).toThrow(/jail is missing, or is not an object/);
  expect(() => new PermissionRule("r", { ...rule, jail: { root: "/" } })).toThrow(/r: jail: connection is missing/);
});

test("the frozen entry has handlers for each kind, under names that states hold for ever", () => {
  expect(Object.keys(lifecycle).sort()).toStrictEqual(["jail", "jailFile", "permissionRule", "wrapper"]);
});

test("a program can require the package, its frozen entry, its schema and its manifest, and nothing behind them", () => {
  expect(manifest["name"]).toBe("pulumi-chroot");
  expect(Object.keys(manifest["exports"] as object)).toStrictEqual([
    ".",
    "./lifecycle",
    "./schema.json",
    "./schema/assessment.v1.json",
    "./package.json",
  ]);
  const exported = manifest["exports"] as Record<string, { default: string }>;
  expect(exported["."]?.default).toBe("./dist/provider/index.js");
  expect(exported["./lifecycle"]?.default).toBe("./dist/provider/lifecycle.js");
  expect(() => require.resolve("pulumi-chroot/dist/provider/lifecycle.js")).toThrow(
    /not exported|not defined by "exports"/,
  );
});

test("the package depends on an SSH client, a validator and what compares texts at run time, the SDK being the program's", () => {
  expect(Object.keys(manifest["dependencies"] as object).sort()).toStrictEqual(["diff", "ssh2", "zod"]);
  expect(manifest["peerDependencies"]).toStrictEqual({ "@pulumi/pulumi": ">=3.216.0 <4" });
});
