import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "@jest/globals";
import { type FormName, nodes, today } from "../../scripts/matrix/cells";
import { repair } from "../../scripts/matrix/cycle";
import { forms } from "../../scripts/matrix/forms";
import { checkout, nodeFolder, pack } from "../../scripts/matrix/machine";
import { type Home, install, type Tools } from "../../scripts/matrix/project";
import { rolledOut } from "../../scripts/matrix/rollout-cycle";
import { useForm } from "../../scripts/matrix/run-cell";

const { pulumiPath } = require(join(checkout, "scripts", "pulumi-bin.js")) as { pulumiPath(): string };

// The short form of `npm run test:matrix`: the newest Node.js with the checkout's own SDK and CLI, in one installed project.
const compiled: readonly FormName[] = ["strictest", "nodenext"];

const newest = Math.max(...Object.keys(nodes).map(Number)) as keyof typeof nodes;
const directory = mkdtempSync(join(tmpdir(), "chroot-matrix-test-"));
let home: Home;
let node: string;

beforeAll(async () => {
  node = await nodeFolder(nodes[newest]);
  home = await install(today.sdk, [], await pack(directory));
});

afterAll(() => {
  home?.remove();
  rmSync(directory, { recursive: true, force: true });
});

const use = (name: FormName, tools: Omit<Tools, "node"> = {}, life = repair) =>
  useForm(forms[name], { home, folder: name }, { node, ...tools }, life);

for (const name of compiled)
  test(`a program compiles, and reads arguments back with their types: ${forms[name].title}`, () => use(name));

test("a user's own jest test with setMocks reads arguments back", () => use("jest"));

test("two inline stacks in one process of the Automation API show their own drift, and repair it", () =>
  use("inline", { cli: pulumiPath() }));

test("a rollout takes two units through their waves, shows their drift, and repairs it", () =>
  use("rollout", { cli: pulumiPath() }, rolledOut));
