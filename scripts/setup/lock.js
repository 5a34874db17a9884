// @ts-check
// Allows one setup at a time in a checkout: two would install and compile into the same folders.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");

const { cacheDir } = require("./files.js");
const { step } = require("./progress.js");

const lockFile = path.join(cacheDir, "setup.lock");
const beatMs = 1_000;
// A killed holder stops touching the file. A process id would not tell: containers may share a checkout, but not their
// process ids.
const staleMs = 10_000;

function tryLock() {
  try {
    fs.closeSync(fs.openSync(lockFile, "wx"));
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    return false;
  }
}

function removeStaleLock() {
  const beat = fs.statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs;
  if (beat !== undefined && Date.now() - beat > staleMs) fs.rmSync(lockFile, { force: true });
}

function touchLock() {
  const now = new Date();
  try {
    fs.utimesSync(lockFile, now, now);
  } catch {
    // .cache was cleared: goes on without a lock.
  }
}

/** Waits for the lock and holds it until the process exits. */
async function takeLock() {
  fs.mkdirSync(cacheDir, { recursive: true });
  await step("Waiting for another setup in this checkout", async () => {
    while (!tryLock()) {
      removeStaleLock();
      await sleep(200);
    }
  });
  setInterval(touchLock, beatMs).unref();
  process.once("exit", () => fs.rmSync(lockFile, { force: true }));
}

module.exports = { takeLock };
