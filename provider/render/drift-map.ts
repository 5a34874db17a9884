import type { DifferenceText } from "./text";

/**
 * The computed map `drift` of a resource, path -> text, by which the engine itself renders drift in a plain preview:
 * check() puts it into the inputs, so that a difference there is an update with a detailed diff (docs/adr/0003).
 */
export type DriftMap = Readonly<Record<string, string>>;

/** Paths that one resource lists at most. */
export const driftLimit = 200;

/** Key for what concerns the host as a whole. A file of this name is shown as `./(host)`. */
const hostKey = "(host)";

export type DriftTexts = ReadonlyMap<string, DifferenceText>;

/**
 * The map for the check() of a preview. `last` is the one in the state: empty, unless a refresh has put live values there;
 * then only the declared value is given, and the engine prints `live => declared` itself.
 */
export function driftForPreview(differences: DriftTexts, last: DriftMap, host?: string): DriftMap {
  const now = mapOf(
    differences,
    host,
    ({ live, declared, marks }, path) => `${last[path] === live ? "" : `${live} => `}${declared}${marks}`,
  );
  // The same words as a refresh has put into the state would be no difference, and nothing would be shown.
  if (host !== undefined && last[hostKey] === host) now[hostKey] = `${host} (still)`;
  // What a refresh has left of paths that are right by now stays, as its removal would be a line about them.
  return Object.keys(now).length === 0 ? last : { ...last, ...now };
}

/** The map for read(): what is there now, in the words that a refresh puts into the state. */
export function driftForRefresh(differences: DriftTexts, host?: string): DriftMap {
  return mapOf(differences, host, ({ live }) => live);
}

function mapOf(
  differences: DriftTexts,
  host: string | undefined,
  textOf: (text: DifferenceText, path: string) => string,
): Record<string, string> {
  const map: Record<string, string> = {};
  if (host !== undefined) map[hostKey] = host;
  for (const [path, text] of [...differences].slice(0, driftLimit)) map[path] = textOf(text, path);
  const more = differences.size - driftLimit;
  if (more > 0) map[`(and ${more.toLocaleString("en-US")} more)`] = "not listed";
  return map;
}
