import type { Outcome, RolloutEvent } from "./event";
import type { PlannedWave, RolloutPlan } from "./plan";

/** `waiting`, not begun in this rollout, or to be tried again; `gone`, no longer in the fleet. */
export type UnitState = Outcome | "waiting" | "running" | "gone";

export interface UnitRecord {
  readonly state: UnitState;
  readonly tries: number;
  readonly why?: string;
  readonly isChanged?: true;
  /** ISO 8601, UTC. */
  readonly started?: string;
  readonly ended?: string;
}

export interface GateRecord {
  readonly isOpen: boolean;
  readonly why?: string;
  /** When it ended: ISO 8601, UTC. */
  readonly at: string;
}

/** The state of a rollout: the sum of its events, which {@link RolloutRecord.add} takes in their order. */
export class RolloutRecord {
  readonly plan: RolloutPlan;
  readonly #units = new Map<string, UnitRecord>();
  readonly #waves = new Map<string, PlannedWave>();
  readonly #counts = new Map<PlannedWave, Map<UnitState, number>>();
  readonly #approved = new Map<string, string>();
  readonly #gates = new Map<PlannedWave, Map<string, GateRecord>>();
  #stopping: (RolloutEvent & { event: "stopping" }) | undefined;

  constructor(plan: RolloutPlan) {
    this.plan = plan;
    for (const wave of plan.waves) {
      this.#counts.set(wave, new Map([["waiting", wave.units.length]]));
      for (const unit of wave.units) {
        this.#units.set(unit, { state: "waiting", tries: 0 });
        this.#waves.set(unit, wave);
      }
    }
  }

  /** Every unit of the plan, in the order of the waves. */
  get units(): ReadonlyMap<string, UnitRecord> {
    return this.#units;
  }

  /** The stop that somebody has asked for, or that a missing approval makes. */
  get stopping(): (RolloutEvent & { event: "stopping" }) | undefined {
    return this.#stopping;
  }

  count(state: UnitState, wave?: PlannedWave): number {
    const waves = wave ? [wave] : this.plan.waves;
    return waves.reduce((sum, one) => sum + (this.#counts.get(one)?.get(state) ?? 0), 0);
  }

  /** Failures of a wave, or of the whole rollout. A unit that cannot be reached has failed in a canary wave alone. */
  failures(wave?: PlannedWave): number {
    const waves = wave ? [wave] : this.plan.waves;
    return waves.reduce(
      (sum, one) =>
        sum +
        this.count("failed", one) +
        this.count("refused", one) +
        (one.isCanary ? this.count("unreachable", one) : 0),
      0,
    );
  }

  /** The one who has approved a wave. */
  approvedBy({ name }: PlannedWave): string | undefined {
    return this.#approved.get(name);
  }

  /** The result of a gate; undefined where it has not run since the last change of its wave. */
  gate(wave: PlannedWave, gate: string): GateRecord | undefined {
    return this.#gates.get(wave)?.get(gate);
  }

  add(event: RolloutEvent): void {
    if (event.event === "approved") this.#approved.set(event.wave, event.by);
    else if (event.event === "started")
      this.#change(event.unit, ({ tries }) => ({ state: "running", tries: tries + 1, started: event.at }));
    else if (event.event === "ended") this.#end(event);
    else if (event.event === "gated") this.#setGate(event);
    else if (event.event === "stopping") this.#stopping = event;
    else this.#resume(event);
  }

  #change(name: string, change: (unit: UnitRecord) => UnitRecord): void {
    const [unit, wave] = [this.#units.get(name), this.#waves.get(name)];
    const counts = wave && this.#counts.get(wave);
    if (!unit || !counts) return;
    const next = change(unit);
    this.#units.set(name, next);
    counts.set(unit.state, (counts.get(unit.state) ?? 0) - 1);
    counts.set(next.state, (counts.get(next.state) ?? 0) + 1);
  }

  #end({ unit, outcome, event: _, at: ended, ...more }: RolloutEvent & { event: "ended" }): void {
    this.#change(unit, ({ tries, started = ended }) =>
      outcome === "waiting" ? { state: outcome, tries: tries - 1 } : { state: outcome, tries, started, ended, ...more },
    );
    const wave = this.#waves.get(unit);
    // A gate tells of its wave as it was: after a change it has to run again.
    if (wave && outcome !== "unreachable" && outcome !== "waiting") this.#gates.delete(wave);
  }

  #setGate({ wave: name, gate, event: _, ...more }: RolloutEvent & { event: "gated" }): void {
    const wave = this.plan.waves.find((one) => one.name === name);
    if (!wave) return;
    const gates = this.#gates.get(wave) ?? new Map<string, GateRecord>();
    this.#gates.set(wave, gates.set(gate, more));
  }

  /** A unit in flight begins again, because its end is unknown. */
  #resume({ gone, retries }: RolloutEvent & { event: "resumed" }): void {
    this.#stopping = undefined;
    const missing = new Set(gone);
    for (const [name, { state }] of this.#units) {
      const isAgain = state === "running" || (retries && ["failed", "refused", "unreachable"].includes(state));
      if (missing.has(name) && state !== "done") this.#change(name, ({ tries }) => ({ state: "gone", tries }));
      else if (isAgain) this.#change(name, () => ({ state: "waiting", tries: 0 }));
    }
    if (retries)
      for (const gates of this.#gates.values()) for (const [gate, { isOpen }] of gates) if (!isOpen) gates.delete(gate);
  }
}
