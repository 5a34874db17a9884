import type { FleetUnit } from "../../provider/fleet/fleet";
import type { CliEnd, UnitStack } from "../../provider/rollout/unit-stack";

/** Stacks in memory: the ends that the CLI has for each unit, in their order; the last one for every later run. */
export class MemoryStacks {
  readonly runs: string[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #ends: Readonly<Record<string, readonly CliEnd[]>>;
  readonly #done = new Map<string, number>();

  constructor(ends: Readonly<Record<string, readonly CliEnd[]>> = {}) {
    this.#ends = ends;
  }

  readonly stackOf = ({ name }: Pick<FleetUnit, "name">): UnitStack => ({
    preview: () => this.#run(name, "preview"),
    up: () => this.#run(name, "up"),
    create: () => this.#run(name, "create"),
  });

  async #run(name: string, command: string): Promise<CliEnd> {
    this.runs.push(`${command} ${name}`);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise(setImmediate);
    this.inFlight -= 1;
    const key = `${command} ${name}`;
    const index = this.#done.get(key) ?? 0;
    this.#done.set(key, index + 1);
    const ends = this.#ends[key] ?? [{ isChanged: true }];
    return ends[index] ?? ends.at(-1) ?? {};
  }
}
