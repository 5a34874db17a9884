import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { compileProgram } from "./compiled-program";

const checkout = join(__dirname, "..", "..", "..");
/** A folder for each example, and their common tsconfig.json. */
export const examples = join(checkout, "examples");

export const exampleNames = readdirSync(examples).filter((name) => existsSync(join(examples, name, "index.ts")));

/** The data of an example's names.ts: what each distribution has. */
export type Distributions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A run of an example's program: what it declares by resource, and what it exports. */
export interface Run {
  readonly declared: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly exported: Readonly<Record<string, unknown>>;
  readonly distributions: Distributions;
}

/** Runs an example's program as Pulumi does, in a copy of its folder, but with an engine that only notes what it gets. */
export async function runExample(name: string, config: Readonly<Record<string, string>>): Promise<Run> {
  const declared: Record<string, Record<string, unknown>> = {};
  const newResource = ({ name, inputs, type }: pulumi.runtime.MockResourceArgs) => {
    declared[`${type.split(":").at(-1)} ${name}`] = inputs;
    return { id: name, state: inputs };
  };
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, name, "dev", false);
  const values = Object.entries(config).map(([key, value]) => [`${name}:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(values));
  mkdirSync(join(checkout, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(checkout, ".cache", "example-"));
  const before = process.cwd();
  try {
    cpSync(join(examples, name), folder, { recursive: true });
    compileProgram(folder);
    process.chdir(folder);
    const load = createRequire(join(folder, "index.js"));
    const exported = load("./index.js");
    // Waits until every resource is registered.
    await pulumi.runtime.disconnect();
    return { declared, exported, distributions: load("./names.js").distributions };
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}
