import type { Planned, RolloutEvent } from "../fleet/event";
import type { JournalProblem, ReadJournal } from "../fleet/journal";
import { nextStep } from "../fleet/next-step";
import type { RolloutPlan } from "../fleet/plan";
import { RolloutRecord } from "../fleet/record";
import { JournalFile, readRecord } from "./journal-file";

/** The record of the rollout that runs now, and its file. */
export interface OpenRecord {
  readonly planned: Planned;
  readonly record: RolloutRecord;
  readonly file: JournalFile;
  /** Set where an earlier rollout goes on: `joined` are units of the fleet that its plan has not. */
  readonly resumed?: { readonly event: RolloutEvent & { event: "resumed" }; readonly joined: readonly string[] };
}

/** Goes on with the record in a file, or begins one where there is none or the rollout in it has ended. */
export async function openRecord(path: string, fleet: string, plan: RolloutPlan, at: string): Promise<OpenRecord> {
  const found = readRecord(path);
  if (found !== undefined && !("record" in found)) throw new Error(problemText(path, found));
  const other = found?.planned.fleet ?? fleet;
  if (other !== fleet)
    throw new Error(`the record is of another fleet, ${other}: ${path}: give the fleet ${fleet} a record of its own`);
  if (found === undefined || isOver(found)) {
    const planned: Planned = { record: "pulumi-chroot rollout", version: 1, fleet, at, plan };
    const file = await JournalFile.begin(path, planned);
    return { planned, record: new RolloutRecord(plan), file };
  }
  const { planned, record, end } = found;
  if (planned.plan.mode !== plan.mode)
    throw new Error(
      `the record has a rollout of mode "${planned.plan.mode}" that has not ended: ${path}: finish it, or give another record for mode "${plan.mode}"`,
    );
  const file = await JournalFile.goOn(path, end);
  const units = plan.waves.flatMap((wave) => wave.units);
  const own = new Set(units);
  const gone = [...record.units].flatMap(([unit, { state }]) => (own.has(unit) || state === "done" ? [] : [unit]));
  // Failures and gates have ended it: their cause may be mended. A kill, a stop or a missing approval is no way around a budget.
  const { step, stopped } = { stopped: undefined, ...nextStep(record) };
  const retries = step === "end" && stopped?.cause !== "request" && stopped?.cause !== "approval";
  const event = { event: "resumed", at, gone, retries } as const;
  await file.append(event);
  record.add(event);
  return { planned, record, file, resumed: { event, joined: units.filter((unit) => !record.units.has(unit)) } };
}

function isOver({ record }: ReadJournal): boolean {
  const step = nextStep(record);
  return step.step === "end" && step.stopped === undefined;
}

function problemText(path: string, problem: JournalProblem): string {
  switch (problem.problem) {
    case "no-record":
      return `this file is no record of a rollout: ${path}: move it away, or give another record`;
    case "newer-version":
      return `a later release of pulumi-chroot has written the record: ${path}: go on with that release`;
    default:
      return `the record is damaged in line ${problem.line}: ${path}: move it away; a new rollout previews every unit again`;
  }
}
