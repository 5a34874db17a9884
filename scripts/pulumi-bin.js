// @ts-check
// Where the Pulumi CLI is: the one on PATH, else the one that scripts/setup.js built. CommonJS without
// dependencies, because setup.js needs it before there are any; the tests and the demo require it too.
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
 * The first executable of this name on PATH, or after it in the folders given. The self-built CLI's own folder
 * doesn't count: a child process that has it on PATH must not take it for the user's.
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
 * Whether the CLI runs and knows its version. One built without prints an empty line, and the Automation API
 * refuses it.
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
 * @typedef {{ dir: string } | { problem: string }} CliOnPath the CLI's folder, or why there is none to use
 * @returns {CliOnPath}
 */
function lookOnPath() {
  const pulumi = findCommand("pulumi");
  if (pulumi === undefined) return { problem: "no pulumi on PATH" };
  const dir = path.dirname(pulumi);
  // Package managers link the command into a folder of links and leave the language host beside the real file.
  const realDir = path.dirname(fs.realpathSync(pulumi));
  if (findCommand("pulumi-language-nodejs", [dir, realDir]) === undefined) {
    return { problem: `${pulumi} has no pulumi-language-nodejs beside it` };
  }
  return answersVersion(pulumi) ? { dir } : { problem: `"${pulumi} version" gives no version` };
}

/** @type {CliOnPath | undefined} */
let onPath;

/** What lookOnPath finds, at the price of one start of the CLI for a process. */
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
