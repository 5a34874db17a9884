import type { RolloutEvent } from "../fleet/event";
import { type Fleet, type FleetUnit, gatesOf, unitsOfFleet } from "../fleet/fleet";
import { gateName } from "../fleet/gate-name";
import type { PlannedWave } from "../fleet/plan";
import type { RolloutRecord } from "../fleet/record";
import type { RolloutDriver, UnitEnd } from "../fleet/run";
import { runGate } from "../gates/run-gate";
import { atMost } from "../model/at-most";
import type { Jails } from "./jails";
import type { JournalFile } from "./journal-file";
import type { RolloutOptions } from "./options";
import { stackName } from "./stack-name";
import type { UnitPhase } from "./unit-phase";
import { runUnit, type Waits } from "./unit-run";
import type { UnitStack } from "./unit-stack";
import { KnownJails } from "./verdict";

/** The parts of a rollout that runs now. */
export interface DriverParts extends Required<Pick<RolloutOptions, "approve" | "onEvent" | "signal">> {
  readonly fleet: Fleet;
  readonly record: RolloutRecord;
  readonly file: Pick<JournalFile, "append">;
  readonly jails: Pick<Jails, "of">;
  readonly waits: Waits;
  /** The runs of the CLI for a unit. */
  stackOf(unit: FleetUnit): UnitStack;
  /** The command that takes a lock from a stack. */
  cancel(stack: string): string;
}

/** Carries out the steps of a rollout: with Pulumi's CLI, on the hosts, and in the record. */
export class FleetDriver implements RolloutDriver {
  readonly #parts: DriverParts;
  readonly #units: ReadonlyMap<string, FleetUnit>;
  readonly #known = new KnownJails();
  /** The ends of units in this process, by a clock that never jumps. */
  readonly #ends = new Map<string, number>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#units = unitsOfFleet(parts.fleet);
    // A resumed rollout knows the jails of units that are done.
    for (const [unit, { state }] of parts.record.units)
      if (state === "done") this.#known.add(unit, parts.jails.of(stackName(unit)));
  }

  run(name: string): Promise<UnitEnd> {
    return this.#run(name, this.#parts.record.plan.mode);
  }

  async gate(name: string, gate: string): Promise<Awaited<ReturnType<RolloutDriver["gate"]>>> {
    const { fleet, record, signal } = this.#parts;
    const wave = record.plan.waves.find((one) => one.name === name);
    const declared = gatesOf(fleet, name).find((one) => gateName(one) === gate);
    // The record's plan may be older than the fleet's declaration.
    if (!wave || !declared)
      return { isOpen: false, why: `the fleet no longer declares it: put it back into the wave ${name}` };
    const done = wave.units.filter((unit) => record.units.get(unit)?.state === "done");
    if (done.length === 0 && record.failures(wave) > 0) return { isOpen: false, why: "no unit of the wave is done" };
    const hosts = new Map(done.flatMap((unit) => Object.entries(this.#units.get(unit)?.hosts ?? {})));
    const since = this.#lastChange(wave);
    return runGate(declared, hosts, {
      signal,
      ...(since === undefined ? {} : { since }),
      noDrift: () => this.#noDrift(done),
    });
  }

  approve(wave: string): Promise<string | undefined> {
    return this.#parts.approve(wave);
  }

  async store(event: RolloutEvent): Promise<void> {
    await this.#parts.file.append(event);
    if (event.event === "ended") this.#ends.set(event.unit, performance.now());
    this.#parts.onEvent(event);
  }

  now(): string {
    return new Date().toISOString();
  }

  #run(name: string, mode: "up" | "preview"): Promise<UnitEnd> {
    const { onEvent, jails, waits, signal, stackOf, cancel } = this.#parts;
    const unit = this.#units.get(name);
    if (!unit) throw new Error(`the fleet has no unit ${name}`);
    const stack = stackName(name);
    return runUnit({
      mode,
      stack: stackOf(unit),
      jails: () => jails.of(stack),
      otherName: (found) => this.#known.add(name, found),
      tell: (phase: UnitPhase["phase"], why?: string) =>
        onEvent({ event: "phase", at: this.now(), unit: name, phase, ...(why === undefined ? {} : { why }) }),
      cancel: cancel(stack),
      waits,
      signal,
    });
  }

  /** Milliseconds since 1970. A change in this process is as long ago as its time has passed, wherever the clock has jumped. */
  #lastChange(wave: PlannedWave): number | undefined {
    const ends = wave.units.flatMap((unit) => this.#ends.get(unit) ?? []);
    if (ends.length === 0) return lastRecordedChange(wave, this.#parts.record);
    return Date.now() - (performance.now() - Math.max(...ends));
  }

  async #noDrift(units: readonly string[]): Promise<{ isOpen: boolean; why?: string }> {
    const { record, jails } = this.#parts;
    const drifts = await atMost(record.plan.width, units, async (unit) => {
      const { outcome, isChanged, why } = await this.#run(unit, "preview");
      if (outcome !== "done") return `${unit}: ${why ?? outcome}`;
      const isSeen = jails.of(stackName(unit)).every(({ state }) => state !== "not-checked");
      return isChanged ? `${unit}: there is drift` : isSeen ? undefined : `${unit}: a part was not checked`;
    });
    const [first, ...more] = drifts.filter((drift) => drift !== undefined);
    if (first === undefined) return { isOpen: true };
    return { isOpen: false, why: more.length > 0 ? `${first}; and ${more.length} more` : first };
  }
}

function lastRecordedChange({ units }: PlannedWave, record: RolloutRecord): number | undefined {
  const ends = units.flatMap((unit) => record.units.get(unit)?.ended ?? []).map((end) => Date.parse(end));
  return ends.length > 0 ? Math.max(...ends) : undefined;
}
