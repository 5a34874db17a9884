// @ts-check
// Makes a bare machine ready for the demo, the tests and the benchmarks: node scripts/setup.js [--tests | --demo]
// Every step is skipped when it is already done. This file is read by whatever Node the machine has, so
// that an old one gets a sentence, not a syntax error: the language of 2018, and nothing required before the check.
"use strict";

const oldestNode = 20;

async function main() {
  const { requireDemoHost, requireTestHost, installTestCommands } = require("./setup/test-host.js");
  const { installPackages, compile } = require("./setup/node-packages.js");
  const { ensureCli } = require("./setup/cli.js");
  const { exitOnSignals } = require("./setup/run.js");
  const { takeLock } = require("./setup/lock.js");
  const { pulumiPath } = require("./pulumi-bin.js");

  const forTests = process.argv.includes("--tests");
  const started = Date.now();
  // Before the long steps: a machine that cannot run the tests, or show the demo, should say so at once.
  if (forTests) requireTestHost();
  if (process.argv.includes("--demo")) requireDemoHost();
  exitOnSignals();
  await takeLock();
  if (forTests) await installTestCommands();
  await installPackages();
  await compile();
  await ensureCli();
  console.error(`Setup: ready in ${((Date.now() - started) / 1000).toFixed(1)} s, the Pulumi CLI in ${pulumiPath()}`);
  // The lock's heartbeat and files go with the process.
  process.exit(0);
}

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  console.error(
    `Setup: Node ${process.versions.node} is too old: install Node ${oldestNode} or newer from https://nodejs.org/`,
  );
  process.exit(1);
}
main().catch((error) => {
  // A SetupError is a sentence for the reader, and a failed system call (disk full, no permission) makes a good
  // enough one; anything else is a fault of these scripts, where the stack helps.
  console.error(error.name === "SetupError" || error.syscall ? `Setup: ${error.message}` : error);
  process.exit(1);
});
