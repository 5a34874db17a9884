// @ts-check
// Provides the tests of other languages with Pulumi's language hosts, the generator of SDKs and a Python with Pulumi's SDK.
// A CLI on PATH may have hosts of its own: the tests take these ones, whose versions are known.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { isExecutable } = require("../pulumi-bin.js");
const { binOf, buildMissing, goEnv, recipeFor } = require("./cli.js");
const { cacheDir, hashOf, isStamped, repoRoot, stamp, unstamp } = require("./files.js");
const { step } = require("./progress.js");
const { fail, run } = require("./run.js");

const place = "languages";
const venv = path.join(cacheDir, place, "venv");

/**
 * Copies the script that the language host of Python starts. It is beside the host's sources.
 * @param {ReturnType<typeof recipeFor>} recipe
 */
async function copyPythonLauncher({ moduleDir, hash }) {
  const name = "pulumi-language-python-exec";
  const copy = path.join(binOf(place), name);
  if (isExecutable(copy) && isStamped(`${place}/${name}`, hash)) return;
  const where = ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
  const result = await run("go", where, { cwd: moduleDir, env: { ...goEnv(), GOTMPDIR: "" } });
  if (!result.ok) fail(result, `${name} is not found, see above`);
  fs.rmSync(copy, { force: true });
  fs.copyFileSync(path.join(result.stdout.trim(), "python", "cmd", name), copy);
  fs.chmodSync(copy, 0o755);
  stamp(`${place}/${name}`, hash);
}

/** Installs Pulumi's SDK, of the version that the tests have for Node.js, and the package that generated SDKs need beside it. */
async function ensurePython() {
  const manifest = JSON.parse(fs.readFileSync(path.join(repoRoot, "package.json"), "utf8"));
  const packages = [`pulumi==${manifest.devDependencies["@pulumi/pulumi"]}`, "parver==0.5"];
  const hash = hashOf(...packages);
  const python = path.join(venv, "bin", "python");
  const name = `${place}/venv`;
  if (isExecutable(python) && isStamped(name, hash)) return;
  unstamp(name);
  fs.rmSync(venv, { recursive: true, force: true });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
  const result = await step(`Installing ${packages.join(" and ")} for Python`, async () => {
    const made = await run("python3", ["-m", "venv", venv]);
    return made.ok ? run(python, install) : made;
  });
  if (!result.ok) fail(result, "the tests need a Python with the module venv and a reachable package index, see above");
  stamp(name, hash);
}

/** Makes sure that programs in YAML, Python and Go run. */
async function ensureLanguages() {
  const python = recipeFor("pulumi-language-python", place);
  const others = /** @type {const} */ (["pulumi-language-go", "pulumi-language-yaml", "generate-sdks"]);
  const recipes = [python, ...others.map((name) => recipeFor(name, place))];
  await buildMissing(recipes, "the tests run programs in other languages");
  await copyPythonLauncher(python);
  await ensurePython();
}

module.exports = { ensureLanguages };
