import { constants } from "node:os";

/** The demo was told to stop. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals | "output closed") {
    super(`interrupted (${signal})`);
    this.name = "Interrupted";
    this.exitCode = signal === "output closed" ? 1 : 128 + constants.signals[signal];
  }
}

const controller = new AbortController();

/** Aborted, with an {@link Interrupted}, when the demo has to stop. What is on its way then ends; nothing new begins. */
export const interruption: AbortSignal = controller.signal;

/**
 * From now on Ctrl-C and the like end the demo through its own clean-up, however often they come: what has been started
 * by then is not ours alone to forget.
 */
export function watchInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => controller.abort(new Interrupted(signal)));
  // `npm run demo | head`, or a terminal that was closed: nobody reads on.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => controller.abort(new Interrupted("output closed")));
}
