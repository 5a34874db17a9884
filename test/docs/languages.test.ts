import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { blocksOf } from "../support/doc-page";

const checkout = join(__dirname, "..", "..", "..");
const schema = JSON.parse(readFileSync(join(checkout, "schema.json"), "utf8"));
const [bundle, fleet, settings] = blocksOf("languages.md")
  .filter(({ language }) => language === "yaml")
  .map(({ text }) => parse(text));

interface Type {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** The object has keys that its type has, and all that are required. */
function expectType(object: object, { properties, required }: Type): void {
  expect(Object.keys(object).filter((key) => !(key in properties))).toStrictEqual([]);
  expect(Object.keys(object)).toEqual(expect.arrayContaining([...required]));
}
const inputs = (token: string): Type => {
  const { inputProperties: properties, requiredInputs: required } = schema.resources[token];
  return { properties, required };
};
const type = (name: string): Type => schema.types[`chroot:index:${name}`];

test("the page's JailBundle is one of the schema", () => {
  const { named } = bundle.resources;
  expect(named.type).toBe("chroot:JailBundle");
  expectType(named.properties, inputs("chroot:index:JailBundle"));
  expectType(named.properties.rules.var, type("BundleRule"));
});

test("the page's JailFleet is one of the schema", () => {
  const { named } = fleet.resources;
  expect(named.type).toBe("chroot:JailFleet");
  const { hosts, waves, jails } = named.properties;
  expectType(named.properties, inputs("chroot:index:JailFleet"));
  expectType(hosts.ns1, type("FleetConnection"));
  for (const wave of waves) expectType(wave, type("FleetWave"));
  expectType(waves[0].gates[0], type("FleetGate"));
  expectType(jails.named, type("FleetJail"));
});

test("the page's folder of the plugin is in the package", () => {
  const [{ name, path }] = settings.plugins.providers;
  expect(existsSync(join(checkout, path, `pulumi-resource-${name}`))).toBe(true);
});
