import {
  allSpecialBits,
  applyMode,
  isAbsolute,
  isMixed,
  type Mode,
  type ModeSpec,
  mixedMode,
  specialBits,
} from "../model/mode";
import type { Claim, Composed, ComposedField, Hold } from "./claim";
import type { Ranked } from "./rank";

/** A program is a file for which `X` of a mixed mode means execute. */
export type HeldType = "file" | "program" | "directory";

/** One set of claims, composed for one type of entry. */
export interface Composition {
  readonly claims: readonly Ranked[];
  readonly type: HeldType;
  readonly fields: Composed;
  readonly conflicts: readonly Disagreement[];
  /** Claims whose removal would change a field, or that agree with the claim that wrote it. */
  readonly contributors: ReadonlySet<Claim>;
}

interface Disagreement {
  readonly field: keyof Composed;
  readonly claims: readonly [Claim, Claim];
}

/** Composes claims in their order: a later one overrides an earlier one. */
export function compose(ranked: readonly Ranked[], type: HeldType): Composition {
  const conflicts: Disagreement[] = [];
  let fields: Composed = {};
  const behind = new Map<string, readonly Claim[]>();
  for (const name of new Set(ranked.map((one) => one.group))) {
    const claims = ranked.filter((one) => one.group === name).map(({ claim }) => claim);
    const added = layer(claims, fields.mode, type, conflicts);
    for (const field of Object.keys(added)) {
      const stated = claims.filter((claim) => field in wishes(claim, fields.mode, type));
      const base = field === "mode" && stated.some((claim) => isRelative(claim, type)) ? behind.get(field) : [];
      behind.set(field, [...(base ?? []), ...stated]);
    }
    fields = { ...fields, ...added };
  }
  return { claims: ranked, type, fields, conflicts, contributors: new Set([...behind.values()].flat()) };
}

/** Whether a claim's mode changes the mode below it. */
function isRelative({ want }: Claim, type: HeldType): boolean {
  const hold = type === "directory" ? want.directoryMode : want.fileMode;
  return hold?.is === "value" && !isAbsolute(hold.value, type === "directory") && !isMixedFor(hold.value, type);
}

function isMixedFor(spec: ModeSpec, type: HeldType): boolean {
  return type !== "directory" && isMixed(spec);
}

/** Whether a claim states a field for entries of a type. */
export function isStated(claim: Claim, type: HeldType): boolean {
  return Object.keys(wishes(claim, undefined, type)).length > 0;
}

type Wishes = { readonly [Field in keyof Composed]?: NonNullable<Composed[Field]>["hold"] };

/** The fields that a claim wants of an entry, on top of the mode composed so far. */
function wishes(claim: Claim, below: ComposedField<Mode> | undefined, type: HeldType): Wishes {
  const { want } = claim;
  const given: Record<keyof Composed, Hold<unknown> | undefined> = {
    owner: want.owner,
    group: want.group,
    mode: resolve(type === "directory" ? want.directoryMode : want.fileMode, below, type),
    special: statedSpecial(claim, type),
    acl: want.acl,
    capabilities: type === "directory" ? undefined : want.capabilities,
  };
  return Object.fromEntries(Object.entries(given).filter(([, hold]) => hold !== undefined)) as Wishes;
}

/** A glob gives special bits to directories only, and the sticky bit has no effect on a file. */
export function statedSpecial({ match, want }: Claim, type: HeldType): Hold<Mode> | undefined {
  if (type === "directory" || want.special === undefined) return want.special;
  if (match.literal === undefined) return undefined;
  if (want.special.is !== "value") return want.special;
  return { is: "value", value: want.special.value & (allSpecialBits ^ specialBits.sticky) };
}

/** Settles the fields of claims with equal rank: the first claim wins, and each other value is a conflict. */
function layer(
  claims: readonly Claim[],
  below: ComposedField<Mode> | undefined,
  type: HeldType,
  conflicts: Disagreement[],
): Composed {
  const settled: Record<string, ComposedField<unknown>> = {};
  for (const by of claims) {
    for (const [field, hold] of Object.entries(wishes(by, below, type))) {
      const first = settled[field];
      if (first === undefined) settled[field] = { hold, by };
      else if (hold.is !== "reserved" && first.hold.is !== "reserved" && !sameHold<unknown>(hold, first.hold))
        conflicts.push({ field: field as keyof Composed, claims: [first.by, by] });
    }
  }
  return settled as Composed;
}

/** A declared mode on top of the one composed so far. */
function resolve(
  hold: Hold<ModeSpec> | undefined,
  base: ComposedField<Mode> | undefined,
  type: HeldType,
): Hold<Mode> | undefined {
  if (hold?.is !== "value") return hold;
  if ("octal" in hold.value) return { is: "value", value: hold.value.octal };
  if (isMixedFor(hold.value, type)) return { is: "value", value: mixedMode(hold.value, type === "program") };
  // A relative mode over an unknown or unheld one is unknown or unheld too.
  if (base !== undefined && base.hold.is !== "value") {
    if (!isAbsolute(hold.value, type === "directory")) return base.hold;
  }
  return {
    is: "value",
    value: applyMode(hold.value, base?.hold.is === "value" ? base.hold.value : 0, type === "directory"),
  };
}

function sameHold<T>(one: Hold<T>, other: Hold<T>): boolean {
  return one.is === "value" && other.is === "value" ? one.value === other.value : one.is === other.is;
}
