import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { blocksOf } from "../support/doc-page";

const checkout = join(__dirname, "..", "..", "..");
const schema = JSON.parse(readFileSync(join(checkout, "schema.json"), "utf8"));
const [program, settings] = blocksOf("languages.md")
  .filter(({ language }) => language === "yaml")
  .map(({ text }) => parse(text));

test("the page's JailBundle has properties that the schema has, and all that are required", () => {
  const { type, properties } = program.resources.named;
  expect(type).toBe("chroot:JailBundle");
  const bundle = schema.resources["chroot:index:JailBundle"];
  const rule = schema.types["chroot:index:BundleRule"];
  const known = [Object.keys(bundle.inputProperties), Object.keys(rule.properties)].flat();
  const used = [properties, ...Object.values(properties.rules)].flatMap((one) => Object.keys(one as object));
  expect(used.filter((key) => !known.includes(key))).toStrictEqual([]);
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(bundle.requiredInputs));
  expect(Object.keys(properties.rules.var)).toEqual(expect.arrayContaining(rule.required));
});

test("the page's folder of the plugin is in the package", () => {
  const [{ name, path }] = settings.plugins.providers;
  expect(existsSync(join(checkout, path, `pulumi-resource-${name}`))).toBe(true);
});
