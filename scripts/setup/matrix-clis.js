// @ts-check
// Provides the Pulumi CLIs of scripts/matrix: that of the tests, and the newest one in a folder of its own. The versions of its
// dependencies follow from its own, so there is no go.mod to keep.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { builtDir, cliNames } = require("../pulumi-bin.js");
const { binOf, buildMissing, copyLauncher, goEnv, recipeFor } = require("./cli.js");
const { cacheDir, repoRoot } = require("./files.js");
const { step } = require("./progress.js");
const { fail, run } = require("./run.js");
const { pulumi: newest } = require("../matrix/newest.json");

const goPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/**
 * Makes the module that names the CLI as its tool.
 * @param {string} moduleDir
 * @param {string} version
 */
async function makeModule(moduleDir, version) {
  if (fs.existsSync(path.join(moduleDir, "go.sum"))) return;
  const known = fs.readFileSync(path.join(repoRoot, "scripts", "cli", "pulumi", "go.mod"), "utf8");
  // A replace directive counts in the main module alone.
  const kept = known.match(/^(go|replace) .*$/gm) ?? [];
  const half = `${moduleDir}.new`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.mkdirSync(half, { recursive: true });
  fs.writeFileSync(path.join(half, "go.mod"), `module cli\n\n${kept.join("\n\n")}\n`);
  const get = ["get", "-tool", `${goPackage}@v${version}`];
  const env = { ...goEnv(), GOTMPDIR: "" };
  const result = await step(`Looking up pulumi ${version}`, () => run("go", get, { cwd: half, env }));
  if (!result.ok) fail(result, `there is no Pulumi CLI ${version} to build, see above`);
  fs.renameSync(half, moduleDir);
}

/** Makes sure that both CLIs of the matrix are built, whatever is on PATH. No proxy has a newer language host than the tests' own. */
async function ensureMatrixClis() {
  await buildMissing(
    cliNames.map((name) => recipeFor(name)),
    "the matrix needs the CLI of the tests",
  );
  copyLauncher(builtDir);
  const place = `pulumi-${newest}`;
  const moduleDir = path.join(cacheDir, place, "module");
  await makeModule(moduleDir, newest);
  const recipes = [recipeFor("pulumi", place, moduleDir), recipeFor("pulumi-language-nodejs", place)];
  await buildMissing(recipes, `the matrix needs the CLI ${newest}`);
  copyLauncher(binOf(place));
}

module.exports = { ensureMatrixClis };
