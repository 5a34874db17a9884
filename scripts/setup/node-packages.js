// @ts-check
// Installs the npm packages and compiles the TypeScript.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const { cacheDir, hashOf, isStamped, repoRoot, stamp, unstamp } = require("./files.js");
const { step } = require("./progress.js");
const { fail, run } = require("./run.js");

const nodeModules = path.join(repoRoot, "node_modules");

/** Runs npm ci when package-lock.json has changed since node_modules was installed. */
async function installPackages() {
  const hash = hashOf(fs.readFileSync(path.join(repoRoot, "package-lock.json"), "utf8"));
  if (fs.existsSync(nodeModules) && isStamped("npm-ci", hash)) return;
  unstamp("npm-ci");
  // --include=dev installs the compiler also with NODE_ENV=production.
  const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
  const result = await step("Installing the npm packages", () => run("npm", args, { cwd: repoRoot }));
  if (!result.ok) fail(result, "npm ci failed, see above: it needs npm on PATH and a reachable package registry");
  stamp("npm-ci", hash);
}

/** tsc trusts its build info: with it, a deleted dist/ would count as up to date. */
function forgetBuildWithoutOutput() {
  if (fs.existsSync(path.join(repoRoot, "dist"))) return;
  for (const name of fs.readdirSync(cacheDir)) {
    if (name.endsWith(".tsbuildinfo")) fs.rmSync(path.join(cacheDir, name));
  }
}

/** Runs tsc -b, which is quick when dist/ is up to date. */
async function compile() {
  forgetBuildWithoutOutput();
  const args = [path.join(nodeModules, "typescript", "bin", "tsc"), "-b"];
  if (process.stderr.isTTY) args.push("--pretty");
  const result = await step("Compiling", () => run(process.execPath, args, { cwd: repoRoot }));
  if (!result.ok) fail(result, "the TypeScript sources don't compile, see above");
}

module.exports = { compile, installPackages };
