import { join } from "node:path";
import { runCLI } from "jest";
import { endOnSignals } from "./jest/signals";

/** `npm test [-- WORD…]`: every test, or those of the projects among the words whose path has one of the other words in it. */
async function main(words: readonly string[]): Promise<void> {
  const root = join(__dirname, "..", "..");
  const { projects } = require(join(root, "jest.config.js")) as { projects: { displayName: string }[] };
  const selectProjects = projects.map(({ displayName }) => displayName).filter((name) => words.includes(name));
  const testPathPatterns = words.filter((word) => !selectProjects.includes(word));
  endOnSignals();
  const selection = selectProjects.length > 0 ? { selectProjects } : {};
  const { results } = await runCLI({ _: [], $0: "", testPathPatterns, ...selection }, [root]);
  // A file that did not run at all counts as one failure.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  console.log(`${results.numPassedTests} passed, ${failed} failed`);
  process.exitCode = failed > 0 || results.numPassedTests === 0 ? 1 : 0;
}

void main(process.argv.slice(2));
