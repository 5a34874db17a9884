// @ts-check
"use strict";

const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { dirname, join, relative, resolve, sep } = require("node:path");

const names = ["unit", "host", "e2e", "race"];
const test = join(__dirname, "test");
/** The sources that a source imports, by its path: many tests reach the same ones. */
const imports = new Map();

/** @param {string} file */
function importsOf(file) {
  const known = imports.get(file);
  if (known) return known;
  const texts = [...readFileSync(file, "utf8").matchAll(/^(?:import|export|\})(?! type).* from "(\.[^"]*)";/gm)];
  const found = texts.map(([, path = ""]) => `${resolve(dirname(file), path)}.ts`).filter((path) => existsSync(path));
  imports.set(file, found);
  return found;
}

/** @param {string} file @returns the sources that it imports, directly and through others, and itself. */
function reached(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const imported of importsOf(file)) reached(imported, seen);
  return seen;
}

/** A file's project follows from what it imports, so there is no list to keep. @param {string} file */
function projectOf(file) {
  if (file.startsWith(`race${sep}`)) return "race";
  // These start commands instead of importing.
  if ([`bench${sep}`, join("scripts", "commands", sep)].some((folder) => file.startsWith(folder))) return "e2e";
  const paths = [...reached(join(test, file))].map((path) => relative(__dirname, path));
  if (paths.includes(join("test", "support", "stack.ts"))) return "e2e";
  return paths.some((path) => path.startsWith(join("scripts", "lab"))) ? "host" : "unit";
}

// From the sources: a compiled test whose source has gone must not run.
const files = readdirSync(test, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => ({ project: projectOf(file), compiled: join("<rootDir>/dist/test", file.replace(/\.ts$/, ".js")) }));

/** @type {import("jest").Config} */
module.exports = {
  // Every fault at every operation takes half an hour for a file and more.
  testTimeout: process.env["FAULTS"] === "all" ? 7_200_000 : 600_000,
  // Tests wait for hosts a quarter of the time: four files more than there are cores keep these busy.
  maxWorkers: availableParallelism() + 4,
  projects: names.map((name) => ({
    displayName: name,
    cacheDirectory: "<rootDir>/.cache/jest",
    roots: ["<rootDir>/dist/test"],
    testMatch: files.filter(({ project }) => project === name).map(({ compiled }) => compiled),
    runner: "<rootDir>/dist/scripts/jest/runner.js",
    transform: {},
    // The matchers load the engine, and only tests on hosts use them.
    setupFilesAfterEnv: name === "host" ? ["<rootDir>/dist/test/support/matchers.js"] : [],
  })),
};
