// @ts-check
// Provides a Pulumi CLI: the one on PATH, else one built from the Go modules under scripts/cli. The npm package only
// downloads from the vendor's site, which closed networks don't reach; a Go module proxy has the sources.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { answersVersion, builtDir, cliNames, cliOnPath, isExecutable } = require("../pulumi-bin.js");
const { cacheDir, hashOf, isStamped, repoRoot, stamp, unstamp } = require("./files.js");
const { step } = require("./progress.js");
const { SetupError, fail, run } = require("./run.js");

const installPage = "https://www.pulumi.com/docs/install/";
const pulumiPackages = "github.com/pulumi/pulumi/pkg/v3";
const buildDir = path.join(cacheDir, "pulumi", "build");

/** The modules that name each command as a tool. The commands of one module have the same versions of their dependencies. */
const modules = /** @type {const} */ ({
  pulumi: "pulumi",
  "pulumi-language-nodejs": "language-hosts",
  "pulumi-language-python": "language-hosts",
  "pulumi-language-go": "language-hosts",
  "pulumi-language-yaml": "language-yaml",
  "generate-sdks": "language-yaml",
});

/**
 * The build of one command. Modules of this checkout name the commands as tools: "go install" refuses the CLI (its go.mod
 * has a replace directive), and the commands need different versions of the same dependencies.
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} moduleDir
 * @property {string} place a folder of the cache, whose bin gets the command
 * @property {string} goPackage
 * @property {string} version
 * @property {string} goVersion the oldest Go that can build it
 * @property {string[]} flags
 * @property {string} hash of everything that affects the result
 */

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function captured(text, pattern) {
  const value = pattern.exec(text)?.[1];
  if (value === undefined) throw new Error(`No ${pattern} in a go.mod under scripts/cli`);
  return value;
}

/**
 * @param {keyof typeof modules} name
 * @param {string} [place]
 * @param {string} [moduleDir]
 * @returns {Recipe}
 */
function recipeFor(name, place = "pulumi", moduleDir = path.join(repoRoot, "scripts", "cli", modules[name])) {
  const goMod = fs.readFileSync(path.join(moduleDir, "go.mod"), "utf8");
  const goSum = fs.readFileSync(path.join(moduleDir, "go.sum"), "utf8");
  const goPackage = captured(goMod, new RegExp(`^(?:tool |\\t)(\\S+/${name})$`, "m"));
  const required = [...goMod.matchAll(/^(?:require |\t)(\S+) (v\S+)/gm)];
  // A command of this checkout has the version of the library that it is made of.
  const goModule = required.map(([, one]) => one).find((one) => goPackage.startsWith(`${one}/`)) ?? pulumiPackages;
  const version = captured(goMod, new RegExp(`^(?:require |\\t)${goModule} (v\\S+)`, "m"));
  // The linker sets the version: without it the Automation API refuses the CLI. Avoid "go mod tidy" and -mod=mod: the first
  // follows tests whose modules no proxy serves, the second rewrites the files that the hash covers.
  const linkerFlags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  const flags = ["-mod=readonly", "-trimpath", "-ldflags", linkerFlags];
  return {
    name,
    moduleDir,
    place,
    goPackage,
    version,
    goVersion: captured(goMod, /^go (\S+)$/m),
    flags,
    hash: hashOf(goMod, goSum, ...ownSources(moduleDir, name), ...flags, process.platform, process.arch),
  };
}

/**
 * The sources of a command that is in the module itself.
 * @param {string} moduleDir
 * @param {string} name
 */
function ownSources(moduleDir, name) {
  const dir = path.join(moduleDir, name);
  return fs.existsSync(dir) ? fs.readdirSync(dir).map((file) => fs.readFileSync(path.join(dir, file), "utf8")) : [];
}

/** @param {string} place */
function binOf(place) {
  return path.join(cacheDir, place, "bin");
}

/** @param {Recipe} recipe */
function isBuilt({ place, name, hash }) {
  return isExecutable(path.join(binOf(place), name)) && isStamped(`${place}/${name}`, hash);
}

/**
 * @param {string} actual
 * @param {string} wanted
 */
function isAtLeast(actual, wanted) {
  return actual.localeCompare(wanted, "en", { numeric: true }) >= 0;
}

/**
 * Ends the setup unless an installed Go can build the recipes.
 * @param {Recipe[]} recipes
 * @param {string} problem why they are needed
 */
async function requireGo(recipes, problem) {
  const wanted = recipes.map((recipe) => recipe.goVersion).reduce((a, b) => (isAtLeast(a, b) ? a : b));
  const { ok, stdout } = await run("go", ["env", "GOVERSION"], { cwd: repoRoot, env: goEnv() });
  // An unreleased Go ("devel ...") has no version number, and is new enough.
  const actual = ok ? (/go(\d[\d.]*)/.exec(stdout)?.[1] ?? wanted) : undefined;
  if (actual !== undefined && isAtLeast(actual, wanted)) return;
  const found = actual === undefined ? "none" : `Go ${actual}`;
  const other = recipes.some(({ name }) => name === "pulumi") ? `, or Pulumi from ${installPage}` : "";
  throw new SetupError(
    `${problem}, and building ${namesOf(recipes)} takes Go ${wanted} or newer (found: ${found}): install Go${other}`,
  );
}

/** @param {Recipe[]} recipes */
function namesOf(recipes) {
  return recipes.map(({ name }) => name).join(", ");
}

function goEnv() {
  // The next setup clears this folder, and with it the temporary files of a killed Go.
  return { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off", GOTMPDIR: buildDir };
}

/**
 * Counts the packages that "go build" has to compile. Downloads the modules to do so.
 * @param {Recipe} recipe
 * @param {(detail: string) => void} show
 */
async function countPackages(recipe, show) {
  let modules = 0;
  show("looking up its Go packages");
  const stalePackages = ["-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"];
  const result = await run("go", ["list", ...recipe.flags, ...stalePackages, recipe.goPackage], {
    cwd: recipe.moduleDir,
    env: goEnv(),
    onStderrLine(line) {
      if (line.startsWith("go: downloading ")) show(`downloading Go module ${++modules}`);
    },
  });
  if (!result.ok) failBuild(result, recipe);
  return result.stdout.split("\n").filter(Boolean).length;
}

/**
 * Compiles the command into the build folder and returns the file's name.
 * @param {Recipe} recipe
 * @param {(detail: string) => void} show
 */
async function compileCommand(recipe, show) {
  const total = await countPackages(recipe, show);
  const file = path.join(buildDir, recipe.name);
  let compiled = 0;
  show(`0 of ${total} packages compiled`);
  const result = await run("go", ["build", "-v", ...recipe.flags, "-o", file, recipe.goPackage], {
    cwd: recipe.moduleDir,
    env: goEnv(),
    onStderrLine(line) {
      if (/^(#|go: )/.test(line)) return;
      compiled += 1;
      show(compiled < total ? `${compiled} of ${total} packages compiled` : "linking");
    },
  });
  if (!result.ok) failBuild(result, recipe);
  return file;
}

/**
 * @param {import("./run.js").Result} result
 * @param {Recipe} recipe
 * @returns {never}
 */
function failBuild(result, recipe) {
  const other = recipe.name === "pulumi" ? `: or install Pulumi from ${installPage}` : "";
  fail(result, `${recipe.name} ${recipe.version} can't be built, see above${other}`);
}

/** @param {Recipe} recipe */
async function build(recipe) {
  const file = await step(`Building ${recipe.name} ${recipe.version}`, (show) => compileCommand(recipe, show));
  if (recipe.name === "pulumi" && !answersVersion(file)) {
    throw new SetupError(`the CLI built here doesn't run: install Pulumi from ${installPage}`);
  }
  const { place, name, hash } = recipe;
  fs.mkdirSync(binOf(place), { recursive: true });
  unstamp(`${place}/${name}`);
  fs.renameSync(file, path.join(binOf(place), name));
  stamp(`${place}/${name}`, hash);
}

/**
 * Builds the recipes that are not built yet.
 * @param {Recipe[]} recipes
 * @param {string} problem why they are needed
 */
async function buildMissing(recipes, problem) {
  const missing = recipes.filter((recipe) => !isBuilt(recipe));
  if (missing.length === 0) return;
  await requireGo(missing, problem);
  console.error(
    `Setup: ${problem}, so these are built from Go sources, once, which takes minutes when cold: ${namesOf(missing)}`,
  );
  fs.rmSync(buildDir, { recursive: true, force: true });
  fs.mkdirSync(buildDir, { recursive: true });
  process.once("exit", () => fs.rmSync(buildDir, { recursive: true, force: true }));
  for (const recipe of missing) await build(recipe);
}

/**
 * Copies the launcher of dynamic providers out of the npm package that it starts. Without it beside the CLI, the CLI warns at
 * every operation.
 * @param {string} dir
 */
function copyLauncher(dir) {
  const name = "pulumi-resource-pulumi-nodejs";
  const wanted = fs.readFileSync(path.join(repoRoot, "node_modules", "@pulumi", "pulumi", name));
  const copy = path.join(dir, name);
  if (isExecutable(copy) && fs.readFileSync(copy).equals(wanted)) return;
  fs.writeFileSync(`${copy}.new`, wanted, { mode: 0o755 });
  fs.renameSync(`${copy}.new`, copy);
}

/** Makes sure that pulumiPath() finds a CLI. */
async function ensureCli() {
  const onPath = cliOnPath();
  if ("dir" in onPath) return;
  await buildMissing(
    cliNames.map((name) => recipeFor(name)),
    onPath.problem,
  );
  copyLauncher(builtDir);
}

module.exports = { binOf, buildMissing, copyLauncher, ensureCli, goEnv, recipeFor };
