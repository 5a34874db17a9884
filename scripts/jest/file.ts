import type { OnTestSuccess, Test } from "jest-runner";

/** The process of one test file: receives an {@link Order}, sends an {@link Answer}, and ends. */
export interface Order {
  readonly globalConfig: object;
  readonly config: Test["context"]["config"];
  readonly path: string;
}
export type TestResult = Parameters<OnTestSuccess>[1];
/** `error` belongs to a file that did not load. */
export type Answer = TestResult | { readonly error: unknown };

type Circus = (
  globalConfig: object,
  config: object,
  environment: object,
  runtime: object,
  path: string,
) => Promise<TestResult>;

// jest-circus has no types for this entry.
const { default: circus } = require("jest-circus/runner") as { default: Circus };

/** Stands in for jest's runtime: jest-circus calls these functions, and Node.js does the work. */
const runtime = {
  requireInternalModule: require,
  requireModule: require,
  setGlobalsForRuntime(globals: object) {
    const path = require.resolve("@jest/globals");
    // The package provides types only, and throws when it is loaded: the globals replace it.
    require.cache[path] = Object.assign(Object.create(module), { id: path, exports: globals, loaded: true });
  },
  unstable_shouldLoadAsEsm: () => false,
  enterTestCode: () => undefined,
  leaveTestCode: () => undefined,
};

async function run({ globalConfig, config, path }: Order): Promise<TestResult> {
  const start = Date.now();
  const result = await circus(globalConfig, config, { global: globalThis }, runtime, path);
  const end = Date.now();
  const slow = (end - start) / 1000 > config.slowTestThreshold;
  // A failure's details may be of any type, such as a matcher, that cannot go to another process; its message can.
  const testResults = result.testResults.map((one) => ({ ...one, failureDetails: [] }));
  return { ...result, testResults, perfStats: { ...result.perfStats, start, end, runtime: end - start, slow } };
}

process.once("message", async (order: Order) => {
  const answer: Answer = await run(order).catch((error: unknown) => ({ error }));
  process.send?.(answer, undefined, undefined, () => process.disconnect());
});
