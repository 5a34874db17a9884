/** Property values as the engine passes them: plain JSON. */
export type Values = Record<string, unknown>;

// What stands for a value that is not known yet in a preview (sdk/nodejs/runtime/rpc.ts and pkg/resource/plugin/rpc.go).
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknowns.has(value);
}

/** True when a value, or anything in it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(hasUnknown);
}

/** The value at a path, or the first unknown one on the way to it. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return at;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one).filter((key) => (one as Values)[key] !== undefined);
  const others = Object.keys(other).filter((key) => (other as Values)[key] !== undefined);
  return keys.length === others.length && keys.every((key) => isEqual((one as Values)[key], (other as Values)[key]));
}

export function pick(values: Readonly<Values>, keys: readonly string[]): Values {
  return Object.fromEntries(keys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));
}

export function omit(values: Readonly<Values>, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

/** Where an Output may be of nothing; a map from path to reason is none of them, as a reason must be there. */
const mayHoldNothing = ["connection", "jail", "accounts", "hostFiles"];

/** An argument that is an Output of nothing comes as null: it was not given. */
export function withoutNulls(values: Readonly<Values>): Values {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([key, value]) => [key, mayHoldNothing.includes(key) && isMap(value) ? withoutNulls(value) : value]),
  );
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
