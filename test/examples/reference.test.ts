import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { usePlugin } from "../support/doors";
import { ok, useStacks } from "../support/e2e";
import { type Language, useLanguage } from "../support/language";
import type { Stack } from "../support/stack";

const folder = join(__dirname, "..", "..", "..", "examples", "reference");
const names = readdirSync(folder).filter((name) => !name.endsWith(".md"));
const { resources } = JSON.parse(readFileSync(join(folder, "..", "..", "schema.json"), "utf8")) as {
  resources: Readonly<Record<string, unknown>>;
};

// `npm run typecheck` compiles the programs in TypeScript.
describe("the examples of schema.json", () => {
  const lab = useStacks();

  const stackIn = async (language: Language): Promise<Stack> => {
    const stack = await lab.stack();
    writeFileSync(join(stack.directory, "Pulumi.yaml"), stringify({ name: "e2e", runtime: language }));
    usePlugin(stack);
    useLanguage(stack, language);
    return stack;
  };
  /** Their hosts do not exist, so that a preview checks everything but the hosts. */
  const expectAll = async (stack: Stack) => {
    const output = ok(await stack.pulumi("preview"));
    for (const token of Object.keys(resources)) expect(output).toMatch(new RegExp(`^ \\+  ${token} .*create`, "m"));
  };

  test("are programs in YAML", async () => {
    const stack = await stackIn("yaml");
    const all = names.map((name) => {
      const { resources: own } = parse(readFileSync(join(folder, name, "Pulumi.yaml"), "utf8"));
      return Object.entries(own).map(([key, one]) => [`${name}-${key}`, one]);
    });
    const project = parse(readFileSync(join(stack.directory, "Pulumi.yaml"), "utf8"));
    const program = { ...project, resources: Object.fromEntries(all.flat()) };
    writeFileSync(join(stack.directory, "Pulumi.yaml"), stringify(program));
    await expectAll(stack);
  });

  test("are programs in Python", async () => {
    const stack = await stackIn("python");
    const all = names.map((name) => readFileSync(join(folder, name, "__main__.py"), "utf8"));
    writeFileSync(join(stack.directory, "__main__.py"), all.join("\n"));
    await expectAll(stack);
  });

  test("are programs in Go", async () => {
    const stack = await stackIn("go");
    for (const name of names) {
      mkdirSync(join(stack.directory, name));
      cpSync(join(folder, name, "main.go"), join(stack.directory, name, "main.go"));
    }
    const own = names.map((name) => `./${name}`);
    execFileSync("go", ["vet", ...own], { cwd: stack.directory, env: stack.env });
  });
});
