import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { gateMistake } from "../../provider/fleet/gate-arguments";
import { assetWith } from "../../provider/model/asset";
import { interfaceMembers } from "../../scripts/schema/interface-sections";
import { models, packageSchema } from "../../scripts/schema/package";
import { referencePages } from "../../scripts/schema/reference";
import { tokenOf } from "../../scripts/schema/types";

const checkout = join(__dirname, "..", "..", "..");
const folder = join(checkout, "docs", "reference");

const { resources } = packageSchema();
const properties = [...models].flatMap(([name, { schema, doc }]) =>
  Object.entries(schema.shape).map(([key, field]) => ({ name, key, field, doc: doc.members.get(key) })),
);
const examples = properties.map(({ name, key, field, doc }) => ({ name, key, field, example: doc?.example ?? "" }));

/** Interfaces whose properties a program gives, as the package's types spell them. */
const interfaces: Readonly<Record<string, string>> = {
  JailBundle: "chroot.JailBundleArgs",
  JailFleet: "chroot.JailFleetArgs",
  FleetConnection: "chroot.FleetConnection",
  FleetWave: "chroot.FleetWave",
  GateDeclaration: "chroot.GateDeclaration",
  ...{ TcpCheck: 'Check<"tcp">', DnsCheck: 'Check<"dns">', HttpCheck: 'Check<"http">' },
  Fleet: "chroot.Fleet",
  FleetHost: "chroot.FleetHosts[string]",
  HostGroup: "chroot.HostGroup",
  RolloutWave: "chroot.RolloutWave",
  RolloutOptions: "chroot.RolloutOptions",
};
const given = Object.entries(interfaces).flatMap(([name, type]) =>
  interfaceMembers(name).map(({ key, presence, member }) => ({
    ...{ name, type, key, presence, member },
    example: member.example ?? "",
  })),
);

test("the pages of docs/reference are what npm run schema makes of the models and their TSDoc", () => {
  const pages = referencePages();
  expect(readdirSync(folder).sort()).toStrictEqual([...pages.keys()].sort());
  for (const [name, text] of pages) expect(readFileSync(join(folder, name), "utf8")).toBe(text);
});

test("every property has an example of one short line", () => {
  for (const { name, key, example } of [...examples, ...given]) {
    assert.match(example, new RegExp(`^${key}: .{1,100}$`), `${name}.${key}: ${example || "has no @example"}`);
  }
});

test("every example compiles as the property that it is of, with the strictest options", () => {
  const cache = join(checkout, ".cache", "docs");
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, "examples-"));
  try {
    const lines = examples.map(({ name, key, example }, index) => {
      const type = resources[tokenOf(name)] ? `${name}Args` : name;
      return `export const example${index}: Pick<chroot.${type}, "${key}"> = { ${example} };\n`;
    });
    const more = given.map(
      ({ type, key, example }, index) => `export const given${index}: Of<${type}, "${key}"> = { ${example} };\n`,
    );
    const head = [
      'import * as chroot from "pulumi-chroot";',
      'import * as pulumi from "@pulumi/pulumi";',
      "declare const named: chroot.Jail;",
      "declare const config: pulumi.Config;",
      'declare const jail: Omit<chroot.JailArgs, "connection">;',
      // A union gives its choices that have the property.
      "type Of<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? Pick<T, K> : never) : never;",
      "type Check<K extends PropertyKey> = NonNullable<Of<chroot.GateDeclaration, K>[K & keyof Of<chroot.GateDeclaration, K>]>;",
    ];
    writeFileSync(join(directory, "examples.ts"), `${head.join("\n")}\n${[...lines, ...more].join("")}`);
    const options = {
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ target: "es2022", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: true, types: ["node"] },
    };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
    const compiler = join(checkout, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [compiler, "-p", directory], { encoding: "utf8" });
    expect(stdout).toBe("");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("every example is a value that its property takes", () => {
  // The values as they come to the provider: a reference for a Jail, a text for a secret, an asset in the engine's form.
  const named = { connection: { host: "ns1.example.com" }, root: "/chroot/named" };
  const config = { requireSecret: (key: string) => `the ${key}` };
  const scope = { named, config, pulumi: { asset: { FileAsset } } };
  for (const { name, key, field, example } of examples) {
    const value = new Function(...Object.keys(scope), `return { ${example} };`)(...Object.values(scope));
    assert.deepEqual(Object.keys(value), [key], `${name}.${key}`);
    const { error } = field.safeParse(value[key]);
    assert.equal(error, undefined, `${name}.${key}: ${error?.message}`);
  }
});

/** The engine's form of the SDK's asset. */
function FileAsset(path: string): object {
  return assetWith({ path });
}

test("every example of a check is one that a gate takes", () => {
  const checks = given.filter(({ presence }) => presence === "one of several");
  for (const { key, example } of checks) {
    const check = new Function(`return { ${example} };`)();
    expect([key, gateMistake(check)]).toStrictEqual([key, undefined]);
  }
  expect(checks.map(({ key }) => key)).toStrictEqual(["tcp", "dns", "http", "unit", "command", "noDrift", "soak"]);
});

test("no two headings of a page have the same name", () => {
  for (const [page, text] of referencePages()) {
    const names = text.match(/^#+ .*$/gm)?.map((line) => line.toLowerCase().replace(/^#+ |\./g, "")) ?? [];
    expect([page, names.filter((name, index) => names.indexOf(name) !== index)]).toStrictEqual([page, []]);
  }
});

test("every switch, number and choice that may be left out says its default", () => {
  const kinds = [z.ZodBoolean, z.ZodNumber, z.ZodEnum, z.ZodLiteral];
  const silent = properties.filter(({ field, doc }) => {
    const of = field instanceof z.ZodOptional ? field.unwrap() : undefined;
    return doc?.defaultValue === undefined && kinds.some((kind) => of instanceof kind);
  });
  expect(silent.map(({ name, key }) => `${name}.${key}`)).toStrictEqual([]);
  const open = given.filter(({ presence, member }) => presence === "optional" && member.defaultValue === undefined);
  expect(open.map(({ name, key }) => `${name}.${key}`)).toStrictEqual([]);
});
