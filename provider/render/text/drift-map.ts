import { printable } from "../../model/bytes";
import type { DifferenceText } from "./difference-text";

/**
 * The computed map `drift` of a resource, path -> text. Through it the engine itself shows drift in a plain preview: check() puts
 * it into the inputs, so that a difference there is an update with a detailed diff (docs/adr/0003).
 */
export type DriftMap = Readonly<Record<string, string>>;

/**
 * The most paths that one resource lists singly. Beyond it only paths that must never be cut are single, and the others are in
 * groups (`summarize`).
 */
export const driftLimit = 200;

/** The key for findings about the host as a whole. A file of this name is shown as `./(host)`. */
const hostKey = "(host)";

export type DriftTexts = ReadonlyMap<string, DifferenceText>;

/**
 * The map for the check() of a preview. `last` is the map in the state: empty, unless a refresh has put live values there. Then
 * only the declared value is given, and the engine prints `live => declared` itself.
 */
export function driftForPreview(differences: DriftTexts, last: DriftMap, host?: string): DriftMap {
  const now = mapOf(differences, host, ({ live, declared, marks, pair }, path) => {
    const wanted = `${declared}${marks}`;
    // The engine shows a text only where it differs from the state's text.
    return last[path] === live && wanted !== live ? wanted : (pair ?? `${live} => ${wanted}`);
  });
  // A text that equals the one of a refresh in the state would be no difference, and the engine would not show it.
  for (const [path, { isUnchecked }] of differences) {
    const key = printable(path);
    if (isUnchecked && now[key] !== undefined && last[key] === now[key]) now[key] = still(now[key]);
  }
  const [said, says] = [last[hostKey], now[hostKey]];
  if (says !== undefined && said === says) now[hostKey] = still(says);
  // Entries of a refresh for paths that are right by now stay: removing them would show as a change.
  return Object.keys(now).length === 0 ? last : { ...last, ...now };
}

/** The first words of a text: the engine prints the whole one before it. */
function still(text: string): string {
  return `${text.split(":")[0]} (still)`;
}

/** The map for read(): the live values, in the words that a refresh puts into the state. */
export function driftForRefresh(differences: DriftTexts, host?: string): DriftMap {
  return mapOf(differences, host, ({ live }) => live);
}

function mapOf(
  differences: DriftTexts,
  host: string | undefined,
  textOf: (text: DifferenceText, path: string) => string,
): Record<string, string> {
  const map: Record<string, string> = {};
  if (host !== undefined) map[hostKey] = printable(host);
  for (const [path, text] of differences) {
    const key = printable(path);
    const { live, declared, marks, pair, isUnchecked } = text;
    const printed = {
      live: printable(live),
      declared: printable(declared),
      marks: printable(marks),
      ...(pair === undefined ? {} : { pair: printable(pair) }),
    };
    map[key] = isUnchecked ? printed.live : textOf(printed, key);
  }
  return map;
}
