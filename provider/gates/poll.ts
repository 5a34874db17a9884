import { messageOf } from "../errors";
import { printable } from "../model/bytes";
import type { Limiter } from "../ssh/limiter";
import type { Failure, Target } from "./target";
import { limited, pause, unlessEnded } from "./time";

/** The end of one target: without a failure it has passed. */
export interface Verdict {
  readonly target: Target;
  readonly failure?: Failure;
  readonly tries: number;
}

export interface Polling {
  /** Milliseconds between the end of a check and the next one. */
  readonly interval: number;
  /** The end of the gate's time. */
  readonly signal: AbortSignal;
  /** Room for checks at once, over all targets of the gate. */
  readonly places: Limiter;
}

/** Checks a target until it passes, cannot pass any more, or the time is over. */
export async function poll(target: Target, { interval, signal, places }: Polling): Promise<Verdict> {
  let failure: Failure = { why: "not asked before the end" };
  let tries = 0;
  for (; !signal.aborted; await pause(signal, interval)) {
    // After the end of the gate nobody needs the place that this wait may still get.
    if (!(await unlessEnded(signal, places.acquire()))) break;
    tries++;
    const found = await check(target, signal);
    places.release();
    if (found === undefined) return { target, tries };
    // A check that was cut short by the gate's end knows less than the check before it.
    if (!signal.aborted || tries === 1) failure = found;
    if (failure.isFinal) break;
  }
  return { target, tries, failure };
}

/** One check, which ends in time even where its probe does not. */
async function check({ probe, limit }: Target, signal: AbortSignal): Promise<Failure | undefined> {
  const own = limited(signal, limit);
  const start = performance.now();
  try {
    const ended = await unlessEnded(own.signal, probe(own.signal));
    if (ended) return ended.value;
  } catch (error) {
    if (!own.signal.aborted) return { why: printable(messageOf(error)) };
  } finally {
    own.release();
  }
  const seconds = (performance.now() - start) / 1000;
  return { why: `no answer for ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` };
}
