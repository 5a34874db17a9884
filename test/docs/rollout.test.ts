import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { blocksOf } from "../support/doc-page";
import { testPage } from "../support/doc-run";
import { examples } from "../support/example-program";

const accounts = { bind: { uid: 53, gid: 53 } };
const sites = ["lab", "ams", "ber", "lon"];
const names = sites.flatMap((site) => [1, 2, 3].map((number) => `${site}${number}.example.com`));

testPage("rollout.md", {
  hosts: Object.fromEntries(names.map((name) => [name, { accounts }])),
  // The folder of a fleet is no project of Pulumi's.
  before: async ({ stack }) => rmSync(join(stack.directory, "Pulumi.yaml")),
});

describe("examples/fleet", () => {
  test.each(["fleet.ts", "hosts.ini"])("has the %s of the page", (file) => {
    const block = blocksOf("rollout.md").find((one) => one.file === file);
    expect(block?.text).toBe(readFileSync(join(examples, "fleet", file), "utf8"));
  });
});
