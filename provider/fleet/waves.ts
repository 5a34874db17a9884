import type { Labels } from "./labels";
import { type Share, unitsOf } from "./share";

/** One stack of a rollout: a host, or a group of hosts that is rolled out together. */
export interface Unit {
  readonly name: string;
  readonly labels?: Labels;
}

/** The declaration of a wave. */
export interface WaveDeclaration {
  /**
   * The name of the wave, for people.
   * @refused an empty name
   * @example name: "canary"
   */
  readonly name: string;
  /**
   * The size of the wave. A percentage is of the whole fleet, rounded down, and at least one. The last wave takes all that are
   * left, whatever its size.
   * @unit hosts or units
   * @defaultValue all that are left and have the labels
   * @refused a fraction, a negative number, and a percentage outside 0 to 100
   * @example size: "10%"
   */
  readonly size?: Share;
  /**
   * Takes only the ones that have each of these labels, with the value or one of the values.
   * @defaultValue none
   * @example labels: { site: ["ams", "fra"] }
   */
  readonly labels?: Labels;
  /**
   * It comes first, and all of it has to succeed before other waves begin. One that cannot be reached has failed.
   * @defaultValue `false`
   * @refused after a wave that is no canary; with labels that nothing in the fleet has
   * @example canary: true
   */
  readonly canary?: boolean;
  /**
   * The failures that the wave alone may have.
   * @unit units
   * @defaultValue 0 for a canary wave, else only the budget of the whole rollout counts
   * @example maxFailures: 2
   */
  readonly maxFailures?: Share;
}

/** A wave in numbers. A wave without units is skipped, and so are its gates. */
export interface Wave {
  readonly name: string;
  readonly isCanary: boolean;
  readonly units: readonly string[];
  /** Absent where only the rollout's budget counts. */
  readonly maxFailures?: number;
}

export type WaveMistake =
  | { readonly mistake: "late-canary"; readonly wave: string }
  | { readonly mistake: "same-name"; readonly wave: string }
  /** `known` has the values that the fleet has of the wave's labels. */
  | { readonly mistake: "no-canary"; readonly wave: string; readonly labels: Labels; readonly known: Labels }
  | { readonly mistake: "no-wave"; readonly units: readonly string[] };

/**
 * Divides a fleet into waves, in the order of its units. Each unit is in the first wave that wants it and has room. The last wave
 * takes the rest: its size counts for nothing.
 */
export function planWaves(
  units: readonly Unit[],
  declarations: readonly WaveDeclaration[],
): { readonly waves: readonly Wave[] } | WaveMistake {
  const names = declarations.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { mistake: "same-name", wave: twice };
  const late = declarations.find(
    ({ canary }, index) => canary && declarations[index - 1]?.canary !== true && index > 0,
  );
  if (late) return { mistake: "late-canary", wave: late.name };
  // A mistyped label would let the whole fleet go without its canary.
  const empty = declarations.find((one) => one.canary === true && !units.some((unit) => hasLabels(unit, one)));
  if (empty?.labels && units.length > 0) {
    const { name: wave, labels } = empty;
    return { mistake: "no-canary", wave, labels, known: valuesOf(units, Object.keys(labels)) };
  }
  let left = units;
  const waves = declarations.map((declaration, index): Wave => {
    const isLast = index === declarations.length - 1;
    const fit = left.filter((unit) => hasLabels(unit, declaration));
    const taken = new Set(isLast ? fit : fit.slice(0, sizeOf(declaration, units.length)));
    left = left.filter((unit) => !taken.has(unit));
    return { ...limits(declaration, units.length), units: [...taken].map(({ name }) => name) };
  });
  return left.length > 0 ? { mistake: "no-wave", units: left.map(({ name }) => name) } : { waves };
}

function sizeOf({ size }: WaveDeclaration, fleetSize: number): number {
  if (size === undefined) return fleetSize;
  const count = unitsOf(size, fleetSize);
  return typeof size === "number" ? count : Math.max(1, count);
}

function hasLabels({ labels = {} }: Unit, declaration: WaveDeclaration): boolean {
  return Object.entries(declaration.labels ?? {}).every(([key, wanted]) => {
    const values = Object.hasOwn(labels, key) ? [labels[key]].flat() : [];
    return [wanted].flat().some((value) => values.includes(value));
  });
}

/** All values that the units have of some labels. */
function valuesOf(units: readonly Unit[], keys: readonly string[]): Labels {
  const of = (key: string) =>
    units.flatMap(({ labels = {} }) => (Object.hasOwn(labels, key) ? [labels[key]].flat() : []));
  const known = keys.map((key) => [key, [...new Set(of(key))].filter((value) => value !== undefined).sort()] as const);
  return Object.fromEntries(known);
}

function limits({ name, canary = false, maxFailures }: WaveDeclaration, fleetSize: number): Omit<Wave, "units"> {
  const own = maxFailures ?? (canary ? 0 : undefined);
  return { name, isCanary: canary, ...(own === undefined ? {} : { maxFailures: unitsOf(own, fleetSize) }) };
}
