// @ts-check
// Runs commands, and ends them in good order when the setup itself is ended.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

/** Why the setup can't go on and what to do about it, in one sentence for the reader. */
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
 * On an interrupt, waits for the running command before exiting: dpkg may be half-way, and what the "exit"
 * listeners remove (the lock, half-built files) must outlive it.
 */
function exitOnSignals() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      if (exitCode !== undefined || children.size === 0) process.exit(128 + constants.signals[signal]);
      exitCode = 128 + constants.signals[signal];
      // SIGINT, whichever came: on it Go removes its temporary files, on SIGTERM it leaves them.
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
 * @property {string} output stdout and stderr as they came
 */

/**
 * Runs a command without input. Its output is collected; a failure is the caller's to explain.
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
      // A command that never started has no "close".
      if (child.pid === undefined) ended(false);
    });
  });
}

/**
 * Ends the setup with the failed command's output above the sentence that explains it.
 * @param {Result} result
 * @param {string} message
 * @returns {never}
 */
function fail(result, message) {
  console.error(result.output.trimEnd());
  throw new SetupError(message);
}

module.exports = { SetupError, exitOnSignals, fail, run };
