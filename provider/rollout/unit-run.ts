import { setTimeout } from "node:timers/promises";
import type { UnitEnd } from "../fleet/run";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";
import type { UnitPhase } from "./unit-phase";
import type { CliEnd, UnitStack } from "./unit-stack";
import { endByJails } from "./verdict";

export interface UnitWork {
  readonly mode: "up" | "preview";
  readonly stack: UnitStack;
  /** The jails as the preview has seen them. */
  jails(): readonly AssessmentV1[];
  /** Says which other unit has one of these jails. */
  otherName(jails: readonly AssessmentV1[]): string | undefined;
  tell(phase: UnitPhase["phase"], why?: string): void;
  /** The command that takes away a lock which a process has left. */
  readonly cancel: string;
  readonly waits: Waits;
  /** After its abort no wait goes on. */
  readonly signal: AbortSignal;
}

/** How long a unit waits, in seconds. */
export interface Waits {
  /** For another process to leave the stack. */
  readonly lock: number;
  /** For the backend to answer. */
  readonly backend: number;
}

export const usualWaits: Waits = { lock: 600, backend: 90 };

/** Previews a unit, and converges it where that shows a change. */
export async function runUnit(work: UnitWork): Promise<UnitEnd> {
  const preview = await patiently("preview", work);
  if ("outcome" in preview) return preview;
  const jails = work.jails();
  const end = endByJails(jails);
  if (end) return end;
  const other = work.otherName(jails);
  if (other !== undefined) return { outcome: "refused", why: `preview: ${other}` };
  if (!preview.isChanged) return { outcome: "done" };
  if (work.mode === "preview") return { outcome: "done", isChanged: true };
  const up = await patiently("up", work);
  return "outcome" in up ? up : { outcome: "done", isChanged: true };
}

/** Runs a command, again where it could not begin. */
async function patiently(phase: "preview" | "up", work: UnitWork): Promise<CliEnd | UnitEnd> {
  const { stack, tell, signal } = work;
  const started = performance.now();
  let pause = 1000;
  tell(phase);
  for (;;) {
    let end = await stack[phase]();
    if (end.problem === "no-stack") {
      end = await stack.create();
      if (end.problem === undefined) continue;
    }
    const { problem, why = "" } = end;
    if (problem === undefined) return end;
    const limit = limitOf(end, work);
    if (limit === 0) return { outcome: "failed", why: failure(phase, end, work) };
    const left = limit * 1000 - (performance.now() - started);
    if (left <= 0) return { outcome: "failed", why: `${failure(phase, end, work)} (tried for ${limit} s)` };
    tell(problem === "locked" ? "locked" : "backend", why);
    await setTimeout(Math.min(pause, left), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { outcome: "waiting" };
    pause = Math.min(pause * 2, 15_000);
  }
}

/** Messages of the CLI about mistakes that no waiting mends. */
const lasting = /passphrase|logged in|login|access token|credentials|permission denied|unauthorized|forbidden/i;

/** For how many seconds an end is no failure yet. */
function limitOf({ problem, why = "", isLeft = false }: CliEnd, { waits }: UnitWork): number {
  if (problem === "locked") return isLeft ? 0 : waits.lock;
  return problem === "early" && !lasting.test(why) ? waits.backend : 0;
}

function failure(phase: string, { problem, why, isLeft }: CliEnd, { cancel }: UnitWork): string {
  if (problem === "program") return `program: ${why}`;
  if (problem !== "locked") return `${phase}: ${why}`;
  const remedy = isLeft ? `it has ended, so remove its lock: ${cancel}` : `wait for it; if it has ended, ${cancel}`;
  return `${phase}: the stack is locked by ${why}: ${remedy}`;
}
