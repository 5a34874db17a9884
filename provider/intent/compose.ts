import { allSpecialBits, applyMode, isAbsolute, type Mode, type ModeSpec, specialBits } from "../model/mode";
import type { Claim, Composed, ComposedField, Hold } from "./claim";
import type { Ranked } from "./rank";

type HeldType = "file" | "directory";

/** What one set of claims makes of an entry of one type. */
export interface Composition {
  readonly claims: readonly Ranked[];
  readonly type: HeldType;
  readonly fields: Composed;
  readonly conflicts: readonly Disagreement[];
  /** Claims without which a field would be another one, or that agree with the one that wrote it. */
  readonly contributors: ReadonlySet<Claim>;
}

interface Disagreement {
  readonly field: keyof Composed;
  readonly claims: readonly [Claim, Claim];
}

/** Puts the wishes of claims on top of each other, in their order. */
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

/** True when a claim's mode is a change of the one below it. */
function isRelative({ want }: Claim, type: HeldType): boolean {
  const hold = type === "file" ? want.fileMode : want.directoryMode;
  return hold?.is === "value" && !isAbsolute(hold.value, type === "directory");
}

/** True when a claim says anything about entries of a type. */
export function isStated(claim: Claim, type: HeldType): boolean {
  return Object.keys(wishes(claim, undefined, type)).length > 0;
}

type Wishes = { readonly [Field in keyof Composed]?: NonNullable<Composed[Field]>["hold"] };

/** What a claim wants of an entry, on top of the mode that was composed so far. */
function wishes(claim: Claim, below: ComposedField<Mode> | undefined, type: HeldType): Wishes {
  const { want } = claim;
  const given: Record<keyof Composed, Hold<unknown> | undefined> = {
    owner: want.owner,
    group: want.group,
    mode: resolve(type === "file" ? want.fileMode : want.directoryMode, below, type),
    special: statedSpecial(claim, type),
    acl: want.acl,
    capabilities: type === "file" ? want.capabilities : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, hold]) => hold !== undefined)) as Wishes;
}

/** Of a glob only directories get special bits, and the sticky bit of a file means nothing. */
export function statedSpecial({ match, want }: Claim, type: HeldType): Hold<Mode> | undefined {
  if (type === "directory" || want.special === undefined) return want.special;
  if (match.literal === undefined) return undefined;
  if (want.special.is !== "value") return want.special;
  return { is: "value", value: want.special.value & (allSpecialBits ^ specialBits.sticky) };
}

/** What claims of equal rank agree on; those that do not agree with the first are conflicts, and it is kept. */
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
  // A relative mode over one that is not known, or not held, is not known either.
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
