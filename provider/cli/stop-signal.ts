/**
 * A signal that the first Ctrl-C, or SIGTERM, aborts. The line on stderr says `effect`; the second Ctrl-C ends the process at once,
 * and leaves the rest to the next run.
 */
export function stopSignal(effect: string): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    process.stderr.write(`\nStopping: ${effect}. A second Ctrl-C ends the command at once.\n`);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
