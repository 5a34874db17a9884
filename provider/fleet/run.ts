import type { Outcome, RolloutEvent } from "./event";
import { nextStep, type StopCause } from "./next-step";
import type { RolloutRecord } from "./record";

/** The end of a unit; `waiting` where it was put back before it changed anything, as the rollout stops. */
export interface UnitEnd {
  readonly outcome: Outcome | "waiting";
  readonly why?: string;
  readonly isChanged?: true;
}

/** The ways of a rollout to the world: the engine of Pulumi, or a simulation. */
export interface RolloutDriver {
  /** Converges one unit, or previews it. Rejects only where the driver itself is at fault. */
  run(unit: string): Promise<UnitEnd>;
  gate(wave: string, gate: string): Promise<{ readonly isOpen: boolean; readonly why?: string }>;
  /** Resolves with the one who approves, or with undefined: then the rollout stops before the wave. */
  approve(wave: string): Promise<string | undefined>;
  /** Stores an event before anything that follows from it; a failure ends the rollout after the units in flight. */
  store(event: RolloutEvent): Promise<void>;
  now(): string;
}

/** Takes a rollout to its end, or to a stop. After `signal`, units in flight finish, and nothing else starts. */
export async function runRollout(
  record: RolloutRecord,
  driver: RolloutDriver,
  signal?: AbortSignal,
): Promise<StopCause | undefined> {
  const inFlight = new Map<string, Promise<void>>();
  const aborted = whenAborted(signal);
  const add = async (event: RolloutEvent): Promise<void> => {
    await driver.store(event);
    record.add(event);
  };
  const at = () => ({ at: driver.now() });
  const run = async (unit: string): Promise<void> => {
    const result = await driver.run(unit);
    await add({ event: "ended", ...at(), unit, ...result });
    inFlight.delete(unit);
  };
  const start = async (unit: string): Promise<void> => {
    await add({ event: "started", ...at(), unit });
    const running = run(unit);
    inFlight.set(unit, running);
    // Its error is seen at the next wait.
    running.catch(() => undefined);
  };
  try {
    for (;;) {
      if (signal?.aborted && !record.stopping) await add({ event: "stopping", ...at() });
      const step = nextStep(record);
      if (step.step === "end") return step.stopped;
      if (step.step === "start") await start(step.unit);
      else if (step.step === "wait") await Promise.race([...inFlight.values(), ...(record.stopping ? [] : [aborted])]);
      else if (step.step === "gate") {
        const { wave, gate } = step;
        const result = await Promise.race([driver.gate(wave, gate), aborted]);
        if (result) await add({ event: "gated", ...at(), wave, gate, ...result });
      } else {
        const by = await Promise.race([driver.approve(step.wave), aborted]);
        if (by !== undefined) await add({ event: "approved", ...at(), wave: step.wave, by });
        else if (!signal?.aborted) await add({ event: "stopping", ...at(), withoutApproval: step.wave });
      }
    }
  } finally {
    await Promise.allSettled(inFlight.values());
  }
}

function whenAborted(signal: AbortSignal | undefined): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(undefined);
    else signal?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
