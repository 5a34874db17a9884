// @ts-check
// The npm packages and the compiled TypeScript.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { cacheDir, hashOf, isStamped, repoRoot, stamp, unstamp } = require("./files.js");
const { step } = require("./progress.js");
const { fail, run } = require("./run.js");

const nodeModules = path.join(repoRoot, "node_modules");

/** npm ci, when package-lock.json isn't what node_modules was installed from. */
async function installPackages() {
  const hash = hashOf(fs.readFileSync(path.join(repoRoot, "package-lock.json"), "utf8"));
  if (fs.existsSync(nodeModules) && isStamped("npm-ci", hash)) return;
  unstamp("npm-ci");
  // --include=dev: NODE_ENV=production would leave the compiler out.
  const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
  const result = await step("Installing the npm packages", () => run("npm", args, { cwd: repoRoot }));
  if (!result.ok) fail(result, "npm ci failed, see above: it needs npm on PATH and a reachable package registry");
  stamp("npm-ci", hash);
}

/** tsc trusts its notes of the last build: it would call a deleted dist/ up to date. */
function forgetBuildWithoutOutput() {
  if (fs.existsSync(path.join(repoRoot, "dist"))) return;
  for (const name of fs.readdirSync(cacheDir)) {
    if (name.endsWith(".tsbuildinfo")) fs.rmSync(path.join(cacheDir, name));
  }
}

/** tsc -b, which does nothing when dist/ is up to date. */
async function compile() {
  forgetBuildWithoutOutput();
  const args = [path.join(nodeModules, "typescript", "bin", "tsc"), "-b"];
  if (process.stderr.isTTY) args.push("--pretty");
  const result = await step("Compiling", () => run(process.execPath, args, { cwd: repoRoot }));
  if (!result.ok) fail(result, "the TypeScript sources don't compile, see above");
}

module.exports = { compile, installPackages };
