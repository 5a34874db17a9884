// @ts-check
// Runs commands, and ends them in order when the setup is interrupted.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

/** Tells the user in one sentence why the setup can't go on and how to fix it. */
class SetupError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "SetupError";
  }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
/** @type {number | undefined} */
let exitCode;

/**
 * On an interrupt, waits for the running command before exiting: dpkg may be half-way, and the "exit" listeners must not
 * remove the lock or half-built files earlier.
 */
function exitOnSignals() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      if (exitCode !== undefined || children.size === 0) process.exit(128 + constants.signals[signal]);
      exitCode = 128 + constants.signals[signal];
      // Always sends SIGINT: Go removes its temporary files on SIGINT, but not on SIGTERM.
      for (const child of children) child.kill("SIGINT");
    });
  }
}

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(line: string) => void} [onStderrLine]
 *
 * @typedef {object} Result
 * @property {boolean} ok
 * @property {string} stdout
 * @property {string} output stdout and stderr in the order of arrival
 */

/**
 * Runs a command without input and collects its output. The caller explains a failure.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
function run(command, args, { cwd, env, onStderrLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    let stdout = "";
    let output = "";
    let partialLine = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      const lines = (partialLine + text).split("\n");
      partialLine = lines.pop() ?? "";
      for (const line of lines) onStderrLine?.(line);
    });
    /** @param {boolean} ok */
    const ended = (ok) => {
      children.delete(child);
      if (exitCode !== undefined) process.exit(exitCode);
      resolve({ ok, stdout, output });
    };
    child.on("close", (code) => ended(code === 0));
    child.on("error", (error) => {
      output += `${error.message}\n`;
      // A command that did not start emits no "close".
      if (child.pid === undefined) ended(false);
    });
  });
}

/**
 * Ends the setup: prints the failed command's output, then the sentence that explains it.
 * @param {Result} result
 * @param {string} message
 * @returns {never}
 */
function fail(result, message) {
  console.error(result.output.trimEnd());
  throw new SetupError(message);
}

module.exports = { SetupError, exitOnSignals, fail, run };
