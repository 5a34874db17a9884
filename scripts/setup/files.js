// @ts-check
// The checkout's folders, and stamps: small files that hold the hash of a finished step's input.
"use strict";

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const repoRoot = path.join(__dirname, "..", "..");
const cacheDir = path.join(repoRoot, ".cache");

/** @param {...string} parts */
function hashOf(...parts) {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** @param {string} name */
function stampFile(name) {
  return path.join(cacheDir, `${name}.stamp`);
}

/**
 * @param {string} name
 * @param {string} hash
 */
function isStamped(name, hash) {
  return fs.existsSync(stampFile(name)) && fs.readFileSync(stampFile(name), "utf8") === hash;
}

/**
 * @param {string} name
 * @param {string} hash
 */
function stamp(name, hash) {
  fs.writeFileSync(stampFile(name), hash);
}

/**
 * Removes the stamp. Call it before the step's work, so that an interrupted step doesn't count as done.
 * @param {string} name
 */
function unstamp(name) {
  fs.rmSync(stampFile(name), { force: true });
}

module.exports = { cacheDir, hashOf, isStamped, repoRoot, stamp, unstamp };
