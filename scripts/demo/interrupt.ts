import { constants } from "node:os";

/** The reason why the demo stops early. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals | "output closed") {
    super(`interrupted (${signal})`);
    this.name = "Interrupted";
    this.exitCode = signal === "output closed" ? 1 : 128 + constants.signals[signal];
  }
}

const controller = new AbortController();

/** Aborts with an {@link Interrupted} when the demo has to stop: running commands end, and no new one starts. */
export const interruption: AbortSignal = controller.signal;

/**
 * Makes Ctrl-C and other signals end the demo through its clean-up, however often they come. Without the clean-up, started
 * processes and the host would survive.
 */
export function watchInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => controller.abort(new Interrupted(signal)));
  // `npm run demo | head` and a closed terminal leave no reader.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => controller.abort(new Interrupted("output closed")));
}
