import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";

/** `npm test [-- WORD…]`: every test, or those whose path has one of the words in it. */
const root = join(__dirname, "..", "..");
const words = process.argv.slice(2);
// From the sources: a compiled test whose source has gone must not run.
const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".test.ts"),
);
const chosen = all.filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
if (chosen.length === 0) {
  console.error(`no test has ${words.join(" or ")} in its path`);
  process.exit(1);
}
const fileOf = (source: string) => relative(process.cwd(), join(root, "dist", "test", source.replace(/\.ts$/, ".js")));
// Every fault at every operation takes half an hour for a file and more.
const limitMs = process.env["FAULTS"] === "all" ? 7_200_000 : 600_000;
const options = ["--test", "--test-reporter=spec", `--test-timeout=${limitMs}`];
// The race changes a setting of the machine that others notice: it comes last, and alone.
const races = chosen.filter((file) => file.startsWith("race/"));
const others = chosen.filter((file) => !races.includes(file));
let failed = 0;
for (const [sources, concurrency] of [
  [others, availableParallelism()],
  [races, 1],
] as const) {
  if (sources.length === 0) continue;
  const args = [...options, `--test-concurrency=${concurrency}`, ...sources.map(fileOf)];
  const { status, signal } = spawnSync(process.execPath, args, { stdio: "inherit", cwd: root });
  if (signal) process.kill(process.pid, signal);
  failed ||= status ?? 1;
}
process.exit(failed);
