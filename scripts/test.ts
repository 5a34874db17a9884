import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";

/** `npm test [-- WORD…]`: every test, or those whose path has one of the words in it. */
const root = join(__dirname, "..", "..");
const words = process.argv.slice(2);
// From the sources: a compiled test whose source has gone must not run.
const sources = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".test.ts"),
);
const chosen = sources.filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
if (chosen.length === 0) {
  console.error(`no test has ${words.join(" or ")} in its path`);
  process.exit(1);
}
const files = chosen.map((file) => relative(process.cwd(), join(root, "dist", "test", file.replace(/\.ts$/, ".js"))));
const options = [
  "--test",
  "--test-reporter=spec",
  "--test-timeout=600000",
  `--test-concurrency=${availableParallelism()}`,
];
const { status, signal } = spawnSync(process.execPath, [...options, ...files], { stdio: "inherit", cwd: root });
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 1);
