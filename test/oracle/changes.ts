import type { OracleProgram } from "./program";
import type { Random } from "./random";

/** A change of the program between two `up`s. */
export interface ProgramChange {
  readonly name: string;
  readonly program: OracleProgram;
  /** Taken out of the state alone: `pulumi state delete`, or `retainOnDelete`. */
  readonly forget?: string;
  /** Renamed in the state: an alias, or `pulumi state rename`. */
  readonly rename?: readonly [label: string, next: string];
  /** The next preview has to have something to show, or nothing. */
  readonly shows: boolean;
}

type Of = "rules" | "files";
const kindOf = { rules: "PermissionRule", files: "JailFile" } as const;

/** Drops, retains, renames or swaps one rule or file. */
export function randomChange(program: OracleProgram, random: Random): ProgramChange {
  const of: Of = random.chance(1, 2) ? "rules" : "files";
  const name = random.pick(Object.keys(program[of]));
  const { [name]: own, ...others } = program[of] as Readonly<Record<string, object>>;
  const label = `${kindOf[of]}::${name}`;
  const without = { ...program, [of]: others };
  const how = random.below(4);
  if (how === 0) return { name: `${label} is dropped`, program: without, shows: true };
  if (how === 1) return { name: `${label} is retained`, program: without, forget: label, shows: false };
  const next = `${name}-moved`;
  const renamed = { ...program, [of]: { ...others, [next]: own } };
  if (how === 2) {
    const rename = [label, `${kindOf[of]}::${next}`] as const;
    return { name: `${label} is renamed`, program: renamed, rename, shows: false };
  }
  return { name: `${label} is replaced by one of another name`, program: renamed, shows: true };
}
