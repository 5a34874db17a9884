// @ts-check
// Finds the Pulumi CLI: on PATH, else the one that scripts/setup.js built. Plain CommonJS without dependencies, because
// setup.js needs it before it installs any; the tests and the demo require it too.
"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const cliNames = ["pulumi", "pulumi-language-nodejs"];
const builtDir = path.join(__dirname, "..", ".cache", "pulumi", "bin");

/** @param {string} file */
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Finds the first executable of this name on PATH, then in the given folders. Ignores the folder of the self-built CLI: a
 * child process with that folder on PATH must not take this CLI for the user's.
 * @param {string} name
 * @param {string[]} [moreDirs]
 */
function findCommand(name, moreDirs = []) {
  const dirs = [...(process.env["PATH"] ?? "").split(path.delimiter), ...moreDirs];
  return dirs
    .filter((dir) => dir !== "" && path.resolve(dir) !== builtDir)
    .map((dir) => path.resolve(dir, name))
    .find(isExecutable);
}

/**
 * Whether the CLI runs and knows its version. A CLI that was built without one prints an empty line, and the Automation
 * API refuses it.
 * @param {string} pulumi
 */
function answersVersion(pulumi) {
  const { stdout } = spawnSync(pulumi, ["version"], {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 30_000,
  });
  return /^v\d+\./.test(stdout ?? "");
}

/**
 * @typedef {{ dir: string } | { problem: string }} CliOnPath the CLI's folder, or why no CLI is usable
 * @returns {CliOnPath}
 */
function lookOnPath() {
  const pulumi = findCommand("pulumi");
  if (pulumi === undefined) return { problem: "no pulumi on PATH" };
  const dir = path.dirname(pulumi);
  // Package managers put a link to the command on PATH; the language host stays beside the real file.
  const realDir = path.dirname(fs.realpathSync(pulumi));
  if (findCommand("pulumi-language-nodejs", [dir, realDir]) === undefined) {
    return { problem: `${pulumi} has no pulumi-language-nodejs beside it` };
  }
  return answersVersion(pulumi) ? { dir } : { problem: `"${pulumi} version" gives no version` };
}

/** @type {CliOnPath | undefined} */
let onPath;

/** Returns lookOnPath's result and caches it, because it starts the CLI. */
function cliOnPath() {
  onPath ??= lookOnPath();
  return onPath;
}

/**
 * The folder with the Pulumi CLI, to be put first on PATH.
 * @returns {string}
 */
function pulumiPath() {
  const cli = cliOnPath();
  if ("dir" in cli) return cli.dir;
  if (cliNames.every((name) => isExecutable(path.join(builtDir, name)))) return builtDir;
  throw new Error(`No Pulumi CLI (${cli.problem}): run node scripts/setup.js`);
}

module.exports = { answersVersion, builtDir, cliNames, cliOnPath, findCommand, isExecutable, pulumiPath };
