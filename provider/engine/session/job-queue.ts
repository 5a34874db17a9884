import type { Job, Queue } from "../converge/job";
import type { Program } from "./program";

/** The changes of one jail: one run at a time. Jobs that arrive during a run join it, or wait for the next one. */
export class JobQueue {
  readonly #program: Program;
  readonly #run: (queue: Queue, jobs: readonly Job[]) => Promise<void>;
  #waiting: Job[] = [];
  #isRunning = false;

  /** `run` converges jobs; it may ask the queue for more. */
  constructor(program: Program, run: (queue: Queue, jobs: readonly Job[]) => Promise<void>) {
    this.#program = program;
    this.#run = run;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    if (!this.#isRunning) void this.#runAll();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // Updates that Pulumi starts together arrive together.
      const jobs = this.#waiting.splice(0);
      try {
        await this.#run({ program: () => this.#program.view(), more: () => this.#more(jobs) }, [...jobs]);
      } catch (error) {
        for (const { resolve, recorded } of jobs) resolve({ recorded, error: error as Error });
      }
    }
    this.#isRunning = false;
  }

  /** Jobs that join the run. Pulumi checks one resource after another, so some may be about to arrive. */
  async #more(jobs: Job[]): Promise<Job[]> {
    const isAwaited = () => this.#waiting.length === 0 && this.#program.isAwaiting();
    for (let tries = 0; tries < 6 && isAwaited(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    const next = this.#waiting.splice(0);
    jobs.push(...next);
    return next;
  }
}
