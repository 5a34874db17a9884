import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { jailArgs } from "../../provider/resources/jail/args";
import { permissionRuleArgs } from "../../provider/resources/permission-rule/args";
import { assessmentSchema } from "../../scripts/schema/assessment";
import { fleetReportSchema } from "../../scripts/schema/fleet-report";
import { argumentInterfaces, plainConnection } from "../../scripts/schema/interfaces";
import { publishedSchema } from "../../scripts/schema/published";
import type { ObjectSpec, PropertySpec } from "../../scripts/schema/types";

const checkout = join(__dirname, "..", "..", "..");
const { pulumiPath } = require(join(checkout, "scripts", "pulumi-bin.js")) as { pulumiPath(): string };

interface Resource extends ObjectSpec {
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs: readonly string[];
}
type Properties = Readonly<Record<string, PropertySpec>>;

const text = readFileSync(join(checkout, "schema.json"), "utf8");
const schema = JSON.parse(text) as {
  version: string;
  language: { nodejs: { packageName: string } };
  types: Readonly<Record<string, ObjectSpec>>;
  resources: { "chroot:index:Jail": Resource; "chroot:index:PermissionRule": Resource };
};
const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { name: string };
const { "chroot:index:Jail": jail, "chroot:index:PermissionRule": rule } = schema.resources;

const flagged = (properties: Properties | undefined, flag: keyof PropertySpec) =>
  Object.keys(properties ?? {}).filter((key) => properties?.[key]?.[flag] === true);

test("schema.json is what npm run schema makes of the models and their TSDoc", () => {
  expect(text).toBe(`${JSON.stringify(publishedSchema(), null, 2)}\n`);
});

test("the argument interfaces are what npm run schema makes of them", () => {
  const committed = (...path: string[]) => readFileSync(join(checkout, "provider", ...path), "utf8");
  expect(committed("resources", "arguments.ts")).toBe(argumentInterfaces());
  expect(committed("fleet", "connection.ts")).toBe(plainConnection());
});

test("schema/assessment.v1.json is what npm run schema makes of the shape of assessments", () => {
  expect(readFileSync(join(checkout, "schema", "assessment.v1.json"), "utf8")).toBe(assessmentSchema());
});

test("schema/fleet-report.v1.json is what npm run schema makes of the shape of a fleet's reports", () => {
  expect(readFileSync(join(checkout, "schema", "fleet-report.v1.json"), "utf8")).toBe(fleetReportSchema());
});

test("no declaration that users compile against names zod", () => {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    assert.doesNotMatch(text, /["']zod/, file);
    for (const [, name = ""] of text.matchAll(/from "(\.[^"]*)"/g)) visit(`${join(dirname(file), name)}.d.ts`);
  };
  visit(join(checkout, "dist", "provider", "index.d.ts"));
  assert.ok(seen.size > 3, [...seen].join());
});

test("every resource, type and property has a description", () => {
  const objects = { ...schema.types, ...schema.resources } as Record<string, ObjectSpec & Partial<Resource>>;
  for (const [token, spec] of Object.entries(objects)) {
    assert.match(spec.description, /\S/, token);
    const properties = { ...spec.properties, ...spec.inputProperties };
    for (const [key, { description }] of Object.entries(properties)) assert.match(description, /\S/, `${token} ${key}`);
  }
});

test("the inputs are the keys of the models that check them, and the outputs have them too", () => {
  expect(Object.keys(jail.inputProperties)).toStrictEqual(Object.keys(jailArgs.shape));
  expect(Object.keys(rule.inputProperties)).toStrictEqual(Object.keys(permissionRuleArgs.shape));
  expect(jail.requiredInputs).toStrictEqual(["root", "user", "group", "baseline"]);
  expect(rule.requiredInputs).toStrictEqual(["jail", "match", "reason"]);
  const beside = (spec: Resource) =>
    Object.keys(spec.properties ?? {}).filter((key) => !Object.keys(spec.inputProperties).includes(key));
  expect(beside(jail)).toStrictEqual(["drift", "findings", "notChecked", "machineId", "device", "inode"]);
  expect(beside(rule)).toStrictEqual(["drift"]);
});

test("another root replaces, and a connection does not", () => {
  expect(flagged(jail.inputProperties, "willReplaceOnChanges")).toStrictEqual(["root"]);
  expect(flagged(jail.properties, "replaceOnChanges")).toStrictEqual(["root"]);
  expect(flagged(schema.types["chroot:index:JailReference"]?.properties, "replaceOnChanges")).toStrictEqual(["root"]);
  expect(flagged(rule.inputProperties, "willReplaceOnChanges")).toStrictEqual([]);
});

test("password, key and passphrase are secrets, and nothing else is", () => {
  const server = ["password", "privateKey", "privateKeyPassword"];
  const secrets: Record<string, string[]> = {
    Connection: server,
    FleetConnection: server,
    ProxyConnection: server,
    Become: ["password"],
  };
  for (const [token, { properties }] of Object.entries(schema.types))
    assert.deepEqual(flagged(properties, "secret"), secrets[token.replace("chroot:index:", "")] ?? [], token);
});

test("no type is an enumeration: YAML would take its values from no other resource", () => {
  for (const [token, spec] of Object.entries(schema.types)) expect([token, spec.type]).toStrictEqual([token, "object"]);
});

test("the generated SDK for Node.js does not have the name of this npm package", () => {
  expect(schema.language.nodejs.packageName).not.toBe(manifest.name);
});

test("the Pulumi CLI accepts the schema", () => {
  const home = mkdtempSync(join(tmpdir(), "chroot-schema-"));
  try {
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const pulumi = join(pulumiPath(), "pulumi");
    const { status, stderr } = spawnSync(pulumi, ["schema", "check", "schema.json"], {
      cwd: checkout,
      env,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    expect(stderr).not.toMatch(/warning|error/i);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
