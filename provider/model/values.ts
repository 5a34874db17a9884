import { printable } from "./bytes";

/** Property values as the engine passes them: plain JSON. */
export type Values = Record<string, unknown>;

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

/** The same value with every text in it made printable. */
export function printableIn<T>(value: T): T {
  if (typeof value === "string") return printable(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(printableIn) as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [printable(key), printableIn(one)])) as T;
}

export function omit(values: Readonly<Values>, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

export function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
