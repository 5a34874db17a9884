import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as index from "../../provider/index";
import * as lifecycle from "../../provider/lifecycle";
import { kinds } from "../../provider/resources/kinds";

const root = join(__dirname, "..", "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;

test("the package exports a class for each kind of resource, fleets and inventories, the mtree specification, and nothing else", () => {
  const beside = ["JailBundle", "JailFleet", "defineFleet", "inventory", "mtreeSpec", "rollout"];
  expect(Object.keys(index).sort()).toStrictEqual([...kinds.keys(), ...beside].sort());
  expect(Object.keys(index).sort()).toStrictEqual(["Jail", "JailFile", ...beside, "PermissionRule", "Wrapper"].sort());
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
  expect(Object.keys(lifecycle).sort()).toStrictEqual(["gate", "jail", "jailFile", "permissionRule", "wrapper"]);
});

test("a program can require the package, its frozen entry, its schemas and its manifest, and nothing behind them", () => {
  expect(manifest["name"]).toBe("pulumi-chroot");
  expect(Object.keys(manifest["exports"] as object)).toStrictEqual([
    ".",
    "./lifecycle",
    "./schema.json",
    "./schema/assessment.v1.json",
    "./schema/fleet-report.v1.json",
    "./package.json",
  ]);
  const exported = manifest["exports"] as Record<string, { default: string }>;
  expect(exported["."]?.default).toBe("./dist/provider/index.js");
  expect(exported["./lifecycle"]?.default).toBe("./dist/provider/lifecycle.js");
  expect(() => require.resolve("pulumi-chroot/dist/provider/lifecycle.js")).toThrow(
    /not exported|not defined by "exports"/,
  );
});

test("a program that only loads the package loads neither what reads inventories nor what connects to hosts", () => {
  const loaded = `require("pulumi-chroot"); process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const files: string[] = JSON.parse(execFileSync(process.execPath, ["-e", loaded], { cwd: root, encoding: "utf8" }));
  expect(
    files.filter((file) =>
      /node_modules\/(yaml|ssh2)\/|provider\/(inventory|fleet\/inventory|rollout|ssh|engine)\//.test(file),
    ),
  ).toStrictEqual([]);
  expect(files.length).toBeGreaterThan(10);
});

test("the package depends on an SSH client, a validator, what compares texts and what reads YAML and command lines at run time, the SDK being the program's", () => {
  expect(Object.keys(manifest["dependencies"] as object).sort()).toStrictEqual([
    "commander",
    "diff",
    "ssh2",
    "yaml",
    "zod",
  ]);
  expect(manifest["peerDependencies"]).toStrictEqual({ "@pulumi/pulumi": ">=3.216.0 <4" });
});
