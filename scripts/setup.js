// @ts-check
// Prepares a bare machine for the demo, the tests and the benches: node scripts/setup.js [--tests | --matrix | --demo]
// Skips every step that is already done. Every Node must be able to parse this file, so that the user of an
// old one gets a sentence instead of a syntax error: use the JavaScript of 2018, and require no module before the version check.
"use strict";

const oldestNode = 20;

async function main() {
  const { requireDemoHost, requireTestHost, installTestCommands } = require("./setup/test-host.js");
  const { installPackages, compile } = require("./setup/node-packages.js");
  const { ensureCli } = require("./setup/cli.js");
  const { ensureLanguages } = require("./setup/languages.js");
  const { ensureMatrixClis } = require("./setup/matrix-clis.js");
  const { exitOnSignals } = require("./setup/run.js");
  const { takeLock } = require("./setup/lock.js");
  const { pulumiPath } = require("./pulumi-bin.js");

  const forMatrix = process.argv.includes("--matrix");
  const forTests = forMatrix || process.argv.includes("--tests");
  const started = Date.now();
  // Goes before the long steps: a machine that cannot run the tests or the demo must say so at once.
  if (forTests) requireTestHost();
  if (process.argv.includes("--demo")) requireDemoHost();
  exitOnSignals();
  await takeLock();
  if (forTests) await installTestCommands();
  await installPackages();
  await compile();
  await ensureCli();
  if (forTests) await ensureLanguages();
  if (forMatrix) await ensureMatrixClis();
  console.error(`Setup: ready in ${((Date.now() - started) / 1000).toFixed(1)} s, the Pulumi CLI in ${pulumiPath()}`);
  // The exit ends the lock's heartbeat and removes its file.
  process.exit(0);
}

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(
    `Setup: Node ${process.versions.node} is too old: install Node ${oldestNode} or newer from https://nodejs.org/`,
  );
  process.exit(1);
}
main().catch((error) => {
  // A SetupError is a sentence for the user, and so is the message of a failed system call (disk full, no permission).
  // Any other error is a fault of these scripts, whose stack helps.
  console.error(error.name === "SetupError" || error.syscall ? `Setup: ${error.message}` : error);
  process.exit(1);
});
