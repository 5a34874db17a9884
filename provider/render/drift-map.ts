import type { DifferenceText } from "./text";

/**
 * The computed map `drift` of a resource, path -> text, by which the engine itself renders drift in a plain preview
 * (docs/adr/0003): check() puts it into the inputs, so that a difference there is an update with a detailed diff.
 */
export type DriftMap = Readonly<Record<string, string>>;

/** Paths that one resource lists at most. */
export const driftLimit = 200;

/** Key for what concerns the host as a whole. A file of this name is shown as `./(host)`. */
export const hostKey = "(host)";

export type DriftTexts = ReadonlyMap<string, DifferenceText>;

/**
 * The map for check(). `last` is the one in the state. A text that is there already would compare as unchanged, so the
 * same drift a second time is marked; where a refresh has put the live value there, only the declared one is given and
 * the engine prints `live => declared` itself. Keys of earlier repairs stay: dropping them would print `- path`.
 */
export function driftForCheck(differences: DriftTexts, last: DriftMap, host?: string): DriftMap {
  const now: Record<string, string> = {};
  if (host !== undefined) now[hostKey] = again(host, last[hostKey]);
  for (const [path, { live, declared }] of limited(differences)) {
    now[path] = last[path] === live ? declared : again(declared === "" ? live : `${live} => ${declared}`, last[path]);
  }
  return retain(now, last);
}

/** The map for read(): live values only. */
export function driftForRead(differences: DriftTexts, last: DriftMap, host?: string): DriftMap {
  const now: Record<string, string> = {};
  if (host !== undefined) now[hostKey] = host;
  for (const [path, { live }] of limited(differences)) now[path] = live;
  return retain(now, last);
}

/** The paths that differ now, without what earlier repairs left behind; what read() puts into the outputs. */
export function liveDrift(differences: DriftTexts, host?: string): DriftMap {
  return driftForRead(differences, {}, host);
}

function again(text: string, last: string | undefined): string {
  return last === text ? `${text} (again)` : text;
}

function limited(differences: DriftTexts): Iterable<[string, DifferenceText]> {
  if (differences.size <= driftLimit) return differences;
  const more = (differences.size - driftLimit).toLocaleString("en-US");
  return [...[...differences].slice(0, driftLimit), [`(and ${more} more)`, { live: "not listed", declared: "" }]];
}

function retain(now: Readonly<Record<string, string>>, last: DriftMap): DriftMap {
  if (Object.keys(now).length === 0) return last;
  const kept = Object.entries(last).filter(([path]) => !(path in now));
  return { ...Object.fromEntries(kept.slice(0, driftLimit)), ...now };
}
