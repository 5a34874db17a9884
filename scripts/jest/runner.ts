import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { CallbackTestRunner, type OnTestFailure, type OnTestStart, type OnTestSuccess, type Test } from "jest-runner";
import type { Answer, Order, TestResult } from "./file";
import { run } from "./signals";

/**
 * Runs each test file in a separate process, with the modules of Node.js. The provider keeps connections for its whole
 * process, so two files must not share one.
 */
export default class FileRunner extends CallbackTestRunner {
  async runTests(
    tests: Test[],
    _watcher: unknown,
    onStart: OnTestStart,
    onResult: OnTestSuccess,
    onFailure: OnTestFailure,
  ): Promise<void> {
    const of = (...projects: string[]) =>
      tests.filter(({ context }) => projects.includes(context.config.displayName?.name ?? ""));
    const onHosts = new Set(of("e2e", "host"));
    let endHosts: () => void = () => undefined;
    const hostsEnd = new Promise<void>((resolve) => {
      endHosts = resolve;
    });
    const runOne = async (test: Test): Promise<void> => {
      await onStart(test);
      try {
        await onResult(test, await this.#run(test));
      } catch (error) {
        // The run must not come to an end here: the signal ends it.
        if (run.isEnding) await new Promise(() => undefined);
        await onFailure(test, error as Parameters<OnTestFailure>[1]);
      }
      onHosts.delete(test);
      if (onHosts.size === 0) endHosts();
    };
    if (onHosts.size === 0) endHosts();
    // The race changes a setting of the machine that tests on hosts notice; unit tests keep the other cores busy meanwhile.
    const race = hostsEnd.then(() => forEach(of("race"), 1, runOne));
    // Files that take long start first, so that none of them runs on while the other cores have nothing left.
    const others = [...of("e2e"), ...of("host"), ...of("unit")];
    await Promise.all([race, forEach(others, this._globalConfig.maxWorkers, runOne)]);
  }

  #run(test: Test): Promise<TestResult> {
    const child = fork(join(__dirname, "file.js"), {
      execArgv: ["--enable-source-maps"],
      serialization: "advanced",
      silent: true,
    });
    show(child);
    const order: Order = { globalConfig: this._globalConfig, config: test.context.config, path: test.path };
    child.send(order);
    return new Promise((resolve, reject) => {
      let answer: Answer | undefined;
      let timer: NodeJS.Timeout | undefined;
      child.on("message", (message: Answer) => {
        answer = message;
        timer = setTimeout(() => child.kill("SIGKILL"), LINGER_MS);
      });
      child.once("error", reject);
      child.once("close", (code, signal) => {
        clearTimeout(timer);
        if (answer === undefined) reject(new Error(`The process of the file ended early (${signal ?? code}).`));
        else if (signal !== null) reject(new Error("The tests are done, but something keeps their process running."));
        else if ("error" in answer) reject(answer.error);
        else resolve(answer);
      });
    });
  }
}

/** Works on the tests in their order, on a number of them at once. */
async function forEach(tests: readonly Test[], atOnce: number, work: (test: Test) => Promise<void>): Promise<void> {
  const left = [...tests];
  const workOnNext = async (): Promise<void> => {
    for (let test = left.shift(); test !== undefined; test = left.shift()) await work(test);
  };
  await Promise.all(Array.from({ length: atOnce }, workOnNext));
}

/** Time for a file's process to close its handles after its last test. */
const LINGER_MS = 60_000;

/** Lets the reporter place what a file prints: it redraws its own lines. */
function show(child: ChildProcess): void {
  child.stdout?.on("data", (chunk: Buffer) => process.stdout.write(chunk));
  child.stderr?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
}
